import type { Embeddings } from '../ports/embeddings.js';
import type { TextDigest } from '../ports/vectors.js';
import { digestOf } from './article-texts.js';

export interface QueryVectorsOptions {
  /** How long a query waits for its vector. */
  readonly deadlineMs: number;
  /** After so many failures in a row the endpoint is left alone, first for so long, at last for so long. */
  readonly failures: number;
  readonly restMs: readonly [number, number];
  /** How many vectors are kept. */
  readonly kept: number;
}

const defaults: QueryVectorsOptions = { deadlineMs: 250, failures: 3, restMs: [2_000, 15_000], kept: 1_000 };

/**
 * Vectors of what citizens say, in time or not at all. An endpoint that has failed repeatedly is asked again now and
 * then without a query waiting for it. What was asked lately is kept by digest, never in words.
 */
export class QueryVectors {
  /** The one that was asked for longest ago comes first. */
  readonly #kept = new Map<TextDigest, Float32Array>();
  readonly #options: QueryVectorsOptions;
  #failuresInARow = 0;
  #restsUntil = 0;

  constructor(
    private readonly embeddings: Embeddings,
    options: Partial<QueryVectorsOptions> = {},
  ) {
    this.#options = { ...defaults, ...options };
  }

  /** `undefined`: there is none in time. Never rejects. */
  async vectorOf(text: string): Promise<Float32Array | undefined> {
    const digest = await digestOf(text);
    const known = this.#kept.get(digest);
    if (known !== undefined) return this.#keep(digest, known);
    if (this.#failuresInARow < this.#options.failures) return this.#ask(digest, text);
    if (performance.now() >= this.#restsUntil) {
      this.#rest();
      void this.#ask(digest, text);
    }
    return undefined;
  }

  async #ask(digest: TextDigest, text: string): Promise<Float32Array | undefined> {
    try {
      const signal = AbortSignal.timeout(this.#options.deadlineMs);
      const [vector] = await this.embeddings.embed([text], 'query', signal);
      this.#failuresInARow = 0;
      return this.#keep(digest, vector!);
    } catch {
      // The port counts its failures; what they are called changes nothing here.
      this.#failuresInARow++;
      this.#rest();
      return undefined;
    }
  }

  #rest(): void {
    const { failures, restMs } = this.#options;
    const rests = Math.max(0, this.#failuresInARow - failures);
    this.#restsUntil = performance.now() + Math.min(restMs[0] * 2 ** rests, restMs[1]);
  }

  #keep(digest: TextDigest, vector: Float32Array): Float32Array {
    this.#kept.delete(digest);
    this.#kept.set(digest, vector);
    if (this.#kept.size > this.#options.kept) this.#kept.delete(this.#kept.keys().next().value!);
    return vector;
  }
}
