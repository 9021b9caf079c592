import type { EmbeddingsUsage } from './embeddings.js';

/** How search by meaning stands. */
export interface MeaningStatus extends EmbeddingsUsage {
  /** Published articles that are known here, and vectors that they lack; absent while what holds them does not answer. */
  readonly articles?: number;
  readonly lacking?: number;
}

/** Port: how search by meaning stands. */
export abstract class MeaningHealth {
  /** `undefined`: it is off. */
  abstract status(): Promise<MeaningStatus | undefined>;

  /** What works in the background for it in this process, and what of that fails. */
  abstract reactions(): ReadonlyArray<{
    readonly reaction: string;
    readonly pending: number;
    readonly failing: number;
  }>;
}
