import { expect, onTestFinished } from 'vitest';
import type { Embeddings } from '../../src/application/ports/embeddings.js';
import type { EventStore } from '../../src/application/ports/event-store.js';
import type { Vectors } from '../../src/application/ports/vectors.js';
import { NoteArticleTexts } from '../../src/application/reactions/note-article-texts.js';
import { SoleOwner } from '../../src/infrastructure/leases/sole-owner.js';
import { ReactionRunner } from '../../src/infrastructure/reactions/reaction-runner.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { VectorFiller } from '../../src/infrastructure/vectors/vector-filler.js';

/** Has the vectors of a store's articles made, as a process does, until the test or the caller ends it. */
export const fill = (store: EventStore, embeddings: Embeddings, vectors: Vectors) => {
  const leases = new SoleOwner();
  const runner = new ReactionRunner(
    new NoteArticleTexts(store, vectors),
    store,
    vectors.checkpoints,
    leases,
    new SystemClock(),
    { retryMs: [5, 20] },
  );
  const filler = new VectorFiller(store, embeddings, vectors, leases, { lookMs: 5, retryMs: [5, 20] });
  const stop = async () => {
    await Promise.all([runner.stop(), filler.stop()]);
  };
  runner.start();
  filler.start();
  onTestFinished(stop);
  return {
    stop,
    status: () => filler.status(),
    /** Resolves when so many articles lack nothing. */
    filled: async (articles: number): Promise<void> => {
      const options = { timeout: 20_000, interval: 20 };
      await expect.poll(() => vectors.standing(), options).toEqual({ articles, lacking: 0 });
    },
  };
};
