/** What a text is compared as: models of the e5 kind embed a question and what may answer it differently. */
export type EmbeddedAs = 'query' | 'passage';

/** The endpoint does not answer, not in time, or with anything but vectors. `reason` names the kind, without any value. */
export class EmbeddingsUnavailable extends Error {
  constructor(readonly reason: string) {
    super(`the endpoint for embeddings is of no use now: ${reason}`);
  }
}

/** The endpoint does not take these texts, one of them being too long perhaps; others it may take. */
export class TextsRefused extends EmbeddingsUnavailable {}

export interface EmbeddingsUsage {
  readonly calls: number;
  /** Of those, the ones that brought no vectors. */
  readonly failures: number;
}

/** Port: what texts mean, as vectors of length 1 whose scalar product says how near two of them are. */
export abstract class Embeddings {
  /** Vectors of different models cannot be compared. */
  abstract readonly model: string;

  /** A vector for each text, in the same order. Throws `EmbeddingsUnavailable`, also when `signal` aborts. */
  abstract embed(
    texts: ReadonlyArray<string>,
    as: EmbeddedAs,
    signal: AbortSignal,
  ): Promise<ReadonlyArray<Float32Array>>;

  /** Since the process began. */
  abstract usage(): EmbeddingsUsage;
}
