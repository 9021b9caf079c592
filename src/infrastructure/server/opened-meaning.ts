import type { Provider } from '@nestjs/common';
import { HybridFaqSearch } from '../../application/hybrid-search/hybrid-faq-search.js';
import { QueryVectors } from '../../application/hybrid-search/query-vectors.js';
import type { Clock } from '../../application/ports/clock.js';
import type { EventStore } from '../../application/ports/event-store.js';
import { FaqSearch, LexicalFaqSearch } from '../../application/ports/faq-search.js';
import type { Leases } from '../../application/ports/leases.js';
import { MeaningHealth, type MeaningStatus } from '../../application/ports/meaning-health.js';
import type { Vectors } from '../../application/ports/vectors.js';
import { NoteArticleTexts } from '../../application/reactions/note-article-texts.js';
import type { EmbeddingsConfig } from '../config.js';
import { OpenAiEmbeddings } from '../embeddings/openai-embeddings.js';
import { ReactionRunner } from '../reactions/reaction-runner.js';
import { VectorFiller } from '../vectors/vector-filler.js';

/** Where vectors are, and who may fill them: where each process has its own, each fills them. */
export interface VectorsPlace {
  readonly vectors: Vectors;
  readonly leases: Leases;
}

export interface OpenedMeaning {
  readonly ports: ReadonlyArray<Provider>;
  close(): Promise<void>;
}

/** FAQ search by words alone. */
export const withoutMeaning: OpenedMeaning = {
  ports: [
    { provide: FaqSearch, useExisting: LexicalFaqSearch },
    {
      provide: MeaningHealth,
      useValue: { status: async () => undefined, reactions: () => [] } satisfies MeaningHealth,
    },
  ],
  close: async () => undefined,
};

/** FAQ search by words and meaning, and what makes vectors in the background. */
export const openMeaning = (
  config: EmbeddingsConfig,
  { vectors, leases }: VectorsPlace,
  store: EventStore,
  clock: Clock,
): OpenedMeaning => {
  const opened = new AsyncDisposableStack();
  const embeddings = opened.adopt(new OpenAiEmbeddings(config), (open) => open.close());
  const background = [
    new ReactionRunner(new NoteArticleTexts(store, vectors), store, vectors.checkpoints, leases, clock),
    new VectorFiller(store, embeddings, vectors, leases),
  ];
  for (const each of background) {
    each.start();
    opened.defer(() => each.stop());
  }
  const health: MeaningHealth = {
    status: async (): Promise<MeaningStatus> => {
      const standing = await vectors.standing().catch(() => undefined);
      return { ...embeddings.usage(), ...standing };
    },
    reactions: () => background.map((each) => each.status()),
  };
  const queries = new QueryVectors(embeddings);
  return {
    ports: [
      {
        provide: FaqSearch,
        inject: [LexicalFaqSearch],
        useFactory: (lexical: LexicalFaqSearch) => new HybridFaqSearch(lexical, vectors, queries),
      },
      { provide: MeaningHealth, useValue: health },
    ],
    close: () => opened.disposeAsync(),
  };
};
