import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Embeddings } from '../../application/ports/embeddings.js';
import type { EventStore } from '../../application/ports/event-store.js';
import type { Leases } from '../../application/ports/leases.js';
import type { LackingArticle, TextDigest, Vectors } from '../../application/ports/vectors.js';
import { articleNow, digestOf, textsOf } from '../../application/hybrid-search/article-texts.js';
import { PassageVectors } from './passage-vectors.js';

export interface FillerOptions {
  /** How often it looks for articles that lack a vector. */
  readonly lookMs: number;
  /** First and longest pause after a failure. */
  readonly retryMs: readonly [number, number];
}

const defaults: FillerOptions = { lookMs: 1_000, retryMs: [1_000, 60_000] };

/** That are looked at for one request. */
const ARTICLES_TOGETHER = 64;
const TELL_EVERY_MS = 30_000;

interface Text {
  readonly article: LackingArticle;
  readonly digest: TextDigest;
  readonly text: string;
}

/**
 * Has the vectors made that articles lack: of all questions first, with which they are found already, then of questions
 * with answers. What there is decides what is to be done, so a restart, another model and a lost file are the same to it.
 * Where processes share the vectors, the one that has the lease does it.
 */
export class VectorFiller {
  readonly #logger = new Logger('vectors');
  readonly #stopping = new AbortController();
  readonly #options: FillerOptions;
  #running: Promise<unknown> = Promise.resolve();
  readonly #passages: PassageVectors;
  /** Texts that the endpoint does not take while it takes others: not asked for again by this process. */
  readonly #refused = new Set<TextDigest>();
  #inHand = 0;
  #failures = 0;

  constructor(
    private readonly store: EventStore,
    private readonly embeddings: Embeddings,
    private readonly vectors: Vectors,
    private readonly leases: Leases,
    options: Partial<FillerOptions> = {},
  ) {
    this.#options = { ...defaults, ...options };
    this.#passages = new PassageVectors(embeddings);
  }

  start(): void {
    this.#running = this.leases.hold('reaction:fill-vectors', this.#stopping.signal, ({ signal }) =>
      this.#fill(signal),
    );
  }

  /** Resolves when no request is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  status() {
    return { reaction: 'fill-vectors', pending: this.#inHand, failing: this.#failures > 0 ? 1 : 0 };
  }

  async #fill(signal: AbortSignal): Promise<void> {
    let progress: Progress | undefined;
    while (!signal.aborted) {
      try {
        const done = await this.#step(signal);
        if (this.#failures > 0) this.#logger.log('vectors are made again');
        this.#failures = 0;
        if (done !== undefined && done > 0) await this.#tell((progress ??= new Progress()), done);
        else {
          if (done === undefined && progress !== undefined) {
            await this.#end(progress);
            progress = undefined;
          }
          await pause(this.#options.lookMs, signal);
        }
      } catch (error) {
        if (signal.aborted) break;
        // Once on the first failure, then now and again: an endpoint that is down all night does not fill the log.
        if (this.#failures++ % 10 === 0)
          this.#logger.error(`no vectors can be made now, will try again: ${(error as Error).message}`);
        const [first, longest] = this.#options.retryMs;
        await pause(Math.min(first * 2 ** Math.min(this.#failures - 1, 20), longest), signal);
      }
    }
    this.#inHand = 0;
  }

  /** Resolves with how many texts of articles have their vectors since; `undefined`: none lacked any. */
  async #step(signal: AbortSignal): Promise<number | undefined> {
    const all = await this.vectors.lacking(ARTICLES_TOGETHER + this.#refused.size);
    const lacking = all.filter(({ texts, lacks }) => !this.#refused.has(texts[lacks]));
    this.#inHand = lacking.length;
    if (lacking.length === 0) return undefined;
    const texts = await this.#textsOf(lacking);
    const missing = await this.vectors.missing(texts.map(({ digest }) => digest));
    const made = texts.filter(({ digest }) => missing.has(digest));
    if (made.length > 0) {
      const vectors = await this.#passages.of(
        made.map(({ text }) => text),
        signal,
      );
      this.#leaveOut(made.filter((_, i) => vectors[i] === undefined));
      await this.vectors.put(
        new Map(made.flatMap(({ digest }, i) => (vectors[i] === undefined ? [] : [[digest, vectors[i]]]))),
      );
    }
    await this.vectors.note(texts.map(({ article }) => article));
    return texts.length;
  }

  #leaveOut(texts: ReadonlyArray<Text>): void {
    for (const { article, digest } of texts) {
      this.#refused.add(digest);
      this.#logger.warn(`the endpoint refuses the text of FAQ article ${article.id}, which is found by words alone`);
    }
  }

  /**
   * For one request, and of one kind, as they are stored now. Of an article that has changed since it was noted, the next
   * note comes by itself.
   */
  async #textsOf(lacking: ReadonlyArray<LackingArticle>): Promise<ReadonlyArray<Text>> {
    const texts: Text[] = [];
    let { room } = this.#passages;
    for (const article of lacking) {
      if (article.lacks !== lacking[0]!.lacks) break;
      const { found } = await articleNow(this.store, article.id);
      if (found === undefined) continue;
      const text = textsOf(found)[article.lacks];
      const digest = await digestOf(text);
      if (digest !== article.texts[article.lacks]) continue;
      room -= text.length;
      if (room < 0 && texts.length > 0) break;
      texts.push({ article, digest, text });
    }
    return texts;
  }

  async #tell(progress: Progress, done: number): Promise<void> {
    progress.done += done;
    const now = performance.now();
    if (now - progress.told < TELL_EVERY_MS) return;
    progress.told = now;
    const { lacking } = await this.vectors.standing();
    const minutes = Math.ceil((lacking * (now - progress.began)) / progress.done / 60_000);
    this.#logger.log(`${progress.done} vectors made, ${lacking} to make: about ${minutes} min left`);
  }

  async #end({ done }: Progress): Promise<void> {
    await this.vectors.sweep();
    this.#logger.log(`${done} vectors made with ${this.embeddings.model}: none is left to make`);
  }
}

class Progress {
  readonly began = performance.now();
  told = this.began;
  done = 0;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
