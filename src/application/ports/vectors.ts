import type { ArticleId, CategoryCode, DepartmentCode } from '../../domain/kernel/ids.js';
import type { Checkpoints } from './checkpoints.js';

/** SHA-256 of a text, in hex. */
export type TextDigest = string & { readonly TextDigest: unique symbol };

/** The two texts that stand for a published article, by digest, and what filters ask for. */
export interface ArticleTexts {
  /** Its question alone. */
  readonly question: TextDigest;
  /** Its question with the answer. */
  readonly whole: TextDigest;
  readonly category: CategoryCode;
  readonly department: DepartmentCode;
}

/** An article as of a revision of its stream. */
export interface NotedArticle {
  readonly id: ArticleId;
  readonly revision: number;
  /** Absent: it is not found, being retired. */
  readonly texts?: ArticleTexts;
}

/** A published article one of whose vectors is missing. */
export interface LackingArticle extends NotedArticle {
  readonly texts: ArticleTexts;
  readonly lacks: 'question' | 'whole';
}

export interface Similar {
  readonly id: ArticleId;
  /** The mean of the cosines with both texts; with the question alone while that is all there is. */
  readonly similarity: number;
}

export interface SimilarQuery {
  readonly vector: Float32Array;
  readonly category?: CategoryCode;
  readonly department?: DepartmentCode;
  /** How many of the nearest. */
  readonly limit: number;
  /** Articles that are compared in any case. */
  readonly also: ReadonlyArray<ArticleId>;
}

/** Vectors of one model do not all have the same number of dimensions: the name now stands for another model. */
export class OtherDimensions extends Error {
  constructor(model: string, known: number, given: number) {
    super(
      `the vectors of ${model} have ${known} dimensions, and now ${given}: give another model another EMBEDDINGS_MODEL`,
    );
  }
}

/**
 * Port: the vectors that one model made of texts, by the texts' digests, and the articles that they stand for. None of
 * it is an event: lost, it is made again. An outage throws.
 */
export abstract class Vectors {
  /**
   * Up to where the articles' events were noted; kept beside what was noted, so that they are lost together only.
   * Dropping it forgets the articles too, and no vector.
   */
  abstract readonly checkpoints: Checkpoints;

  /**
   * From now on each article is found by those of its vectors that are here. An earlier revision than the one that
   * stands changes nothing; the same one again takes in what came meanwhile.
   */
  abstract note(articles: ReadonlyArray<NotedArticle>): Promise<void>;

  /** Those that have no vector. */
  abstract missing(digests: ReadonlyArray<TextDigest>): Promise<ReadonlySet<TextDigest>>;

  /** Throws `OtherDimensions`. */
  abstract put(vectors: ReadonlyMap<TextDigest, Float32Array>): Promise<void>;

  /** Those whose question lacks its vector come first. */
  abstract lacking(limit: number): Promise<ReadonlyArray<LackingArticle>>;

  /** Removes the vectors of texts that no article has any more, and whatever other models left. */
  abstract sweep(): Promise<void>;

  /** The nearest published articles, nearest first, then those of `also` that are not among them. */
  abstract similar(query: SimilarQuery, signal: AbortSignal): Promise<ReadonlyArray<Similar>>;

  /** How many published articles were noted, and how many vectors they lack. */
  abstract standing(): Promise<{ readonly articles: number; readonly lacking: number }>;
}
