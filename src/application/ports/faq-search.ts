import type { TypeOf } from 'io-ts';
import { ArticleContent, ArticleReturned } from '../../domain/faq/events.js';
import { integer, list, oneOf, record, scalar } from '../../domain/kernel/codec.js';
import { ArticleId, CategoryCode, DepartmentCode } from '../../domain/kernel/ids.js';
import { Instant } from '../../domain/kernel/time.js';

/** A text that is being prepared, or that its department reviews. */
export const FaqDraft = record(
  'FaqDraft',
  { ...ArticleContent.required, stage: oneOf('draft', 'in-review') },
  {
    ...ArticleContent.optional,
    /** Why its department sent it back, until it is submitted again. */
    returnedFor: ArticleReturned.data.required.reason,
  },
);
export type FaqDraft = TypeOf<typeof FaqDraft>;

/** An FAQ article (S1), for staff: as it is published, or was; one that never was, as its draft says. */
export const FaqArticle = record(
  'FaqArticle',
  {
    id: ArticleId,
    ...ArticleContent.required,
    status: oneOf('draft', 'in-review', 'published', 'retired'),
    /** Never changes: lists are ordered by it. */
    createdAt: Instant,
    changedAt: Instant,
    /** Of its stream: what If-Match names. */
    revision: integer(0, Number.MAX_SAFE_INTEGER),
  },
  { ...ArticleContent.optional, draft: FaqDraft },
);
export type FaqArticle = TypeOf<typeof FaqArticle>;

/** Of an article's answer, in UTF-16 units. */
const LONGEST_TEXT = 20_000;

/** UTF-16 offsets into the text beside it: from `start` up to, without, `end`. */
export const MatchRange = record('MatchRange', {
  start: integer(0, LONGEST_TEXT),
  end: integer(1, LONGEST_TEXT),
});
export type MatchRange = TypeOf<typeof MatchRange>;

/** Text and what of it matched; never markup. */
export const MatchedText = record('MatchedText', {
  text: scalar<string>('text', { type: 'string' }, (u) => typeof u === 'string'),
  matches: list(MatchRange, 1_000),
});
export type MatchedText = TypeOf<typeof MatchedText>;

export const FaqHit = record('FaqHit', {
  id: ArticleId,
  question: MatchedText,
  /** The part of the answer that matched best, at most 160 UTF-16 units. */
  snippet: MatchedText,
  category: CategoryCode,
  department: DepartmentCode,
  /** Higher is better; comparable only within one answer. */
  score: scalar<number>('a number', { type: 'number' }, (u) => typeof u === 'number'),
});
export type FaqHit = TypeOf<typeof FaqHit>;

/** An article that a query that found nothing may have meant. */
export const FaqProposal = record('FaqProposal', { id: ArticleId, question: ArticleContent.required.question });
export type FaqProposal = TypeOf<typeof FaqProposal>;

/** An article that was found; a higher score is better. */
export interface RankedArticle {
  readonly id: ArticleId;
  readonly score: number;
}

/** `ranking`: by words and meaning, or by words alone, because nothing else is configured or nothing else answered in time. */
export const FaqFound = record('FaqFound', {
  /** Best first. Nothing when no word of the query is in any article. */
  items: list(FaqHit, 50),
  ranking: oneOf('lexical', 'hybrid'),
  /** When nothing was found: articles that hold something written alike, then those near in meaning; at most 5. */
  proposals: list(FaqProposal, 5),
});
export type FaqFound = TypeOf<typeof FaqFound>;

export interface FaqQuery {
  /** Words or a sentence, at most 500 UTF-16 units; any string is allowed, none is an error. */
  readonly text: string;
  readonly category?: CategoryCode;
  readonly department?: DepartmentCode;
  /** 1 to 50. */
  readonly limit: number;
  /** As you type: the last word may be unfinished. */
  readonly unfinished?: boolean;
}

/** What the published articles know of a text, of each of its content words once. */
export interface Vocabulary {
  /** In the form in which the index has them. */
  readonly known: ReadonlyArray<string>;
  /** How many words they do not know. */
  readonly others: number;
}

/** Port: operators find published articles by what citizens say (S1). Throws `ViewUnavailable`. */
export abstract class FaqSearch {
  abstract search(query: FaqQuery): Promise<FaqFound>;

  /** Whatever its status. */
  abstract get(id: ArticleId): Promise<FaqArticle | undefined>;

  /**
   * Which words of a text may be kept. A word is known that stands in the question of a published article, or in the
   * answers of two: what a single answer holds, such as the name of an official, says more of a person than of a topic.
   */
  abstract vocabulary(text: string): Promise<Vocabulary>;
}

/** Port: search by words alone, also in the two steps between which another ranking comes. Throws `ViewUnavailable`. */
export abstract class LexicalFaqSearch extends FaqSearch {
  /** The articles that hold anything of the query, best first; of any limit. */
  abstract rank(query: FaqQuery): Promise<ReadonlyArray<RankedArticle>>;

  /** The published ones among them as hits, in the same order; also those that hold nothing of the query. */
  abstract show(ranked: ReadonlyArray<RankedArticle>, query: FaqQuery): Promise<ReadonlyArray<FaqHit>>;
}
