import * as t from 'io-ts';
import { SettledTerm } from '../../domain/faq-search/events.js';
import { Handling, Scope } from '../../domain/inquiry/events.js';
import { integer, oneOf, record, scalar, text } from '../../domain/kernel/codec.js';
import { ArticleId, CategoryCode, DepartmentCode, SiteCode } from '../../domain/kernel/ids.js';
import { Instant } from '../../domain/kernel/time.js';

const fullHour = /^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/;

/** Counts are kept by the hour; an hour of UTC is one of Japan's. */
export const FullHour = scalar<Instant>(
  'a full hour such as 2026-03-31T15:00:00.000Z, which is midnight in Japan',
  { type: 'string', format: 'date-time', pattern: fullHour.source, examples: ['2026-03-31T15:00:00.000Z'] },
  (u) => Instant.is(u) && fullHour.test(u),
);

/** By what contacts and calls are told apart. */
export const Dimension = oneOf('category', 'department', 'handling', 'scope', 'site', 'hour', 'weekday');
export type Dimension = t.TypeOf<typeof Dimension>;

export const HourOfDay = integer(0, 23, 'Hour of the day in Japan.');
export const Weekday = integer(1, 7, 'Day of the week in Japan: 1 is Monday, 7 Sunday.');

/** A stretch of time: from `from` up to, without, `to`. */
export interface AnalyticsRange {
  readonly from: Instant;
  readonly to: Instant;
}

/** All that is given must hold. `category` to `scope` are a contact's, the others those of its call or its hour. */
export interface AnalyticsFilter {
  readonly category?: CategoryCode;
  /** The responsible one. */
  readonly department?: DepartmentCode;
  readonly handling?: Handling;
  readonly scope?: Scope;
  readonly site?: SiteCode;
  readonly hour?: number;
  readonly weekday?: number;
}

const count = integer(0, Number.MAX_SAFE_INTEGER);

const figures = {
  contacts: count,
  /** Of the contacts, those that the call centre may answer itself (S4). */
  inScope: count,
  /** Of those in scope, the ones that were answered at once: handling `answered`. */
  resolved: count,
  calls: count,
  /** Of the calls, those that have ended. */
  endedCalls: count,
  /** Of the calls that have ended, all together, each from its start to its end, ringing and waiting included. */
  seconds: count,
};

/**
 * What was counted. A contact with a call counts at the moment when the call began, one without at the moment when it
 * was received. A call counts where any of its contacts does, and once there; without contacts it counts only where no
 * contact's property was asked for.
 */
export const Figures = record('Figures', figures);
export type Figures = t.TypeOf<typeof Figures>;

/**
 * The figures of one value: a code or word, the hour as `00` to `23`, the weekday as `1` to `7`. Absent: of what has none,
 * such as the category of a call without contacts and the site of a contact without call.
 */
export const FigureGroup = record('FigureGroup', figures, { value: text(40) });
export type FigureGroup = t.TypeOf<typeof FigureGroup>;

export const Summary = record('AnalyticsSummary', {
  total: Figures,
  /** In the order of their values. A call with contacts of two values counts with both, and once in the total. */
  groups: t.readonlyArray(FigureGroup),
});
export type Summary = t.TypeOf<typeof Summary>;

export const ArticleUse = record('ArticleUse', { article: ArticleId, contacts: count });
export type ArticleUse = t.TypeOf<typeof ArticleUse>;

export const FaqUseFigures = record('FaqUseFigures', {
  contacts: count,
  /** Of the contacts, those for which an article was used. */
  withArticle: count,
  /** The most used first; of equal ones, by id. */
  articles: t.readonlyArray(ArticleUse),
});
export type FaqUseFigures = t.TypeOf<typeof FaqUseFigures>;

/** Which searches' words are counted: all, those that found nothing, those after which no article was chosen. */
export const SearchOutcome = oneOf('any', 'nothing-found', 'nothing-chosen');
export type SearchOutcome = t.TypeOf<typeof SearchOutcome>;

export const TermCount = record('TermCount', { term: SettledTerm, searches: count });
export type TermCount = t.TypeOf<typeof TermCount>;

/** Searches that were settled; those being typed are not counted. */
export const Searches = record('Searches', {
  searches: count,
  nothingFound: count,
  nothingChosen: count,
  /** Words of all searches that the published FAQ did not know. */
  otherWords: count,
  /** The most frequent words first; of equal ones, in alphabetical order. */
  terms: t.readonlyArray(TermCount),
});
export type Searches = t.TypeOf<typeof Searches>;

/**
 * Port: what contacts, calls and searches add up to (S3, K5, K16). Counted from events that hold no personal data, so
 * every figure stays after an erasure. Throws `ViewUnavailable`.
 */
export abstract class Analytics {
  abstract summary(by: Dimension, range: AnalyticsRange, filter: AnalyticsFilter): Promise<Summary>;

  abstract total(range: AnalyticsRange, filter: AnalyticsFilter): Promise<Figures>;

  abstract faqUse(range: AnalyticsRange, filter: AnalyticsFilter, limit: number): Promise<FaqUseFigures>;

  abstract searches(range: AnalyticsRange, outcome: SearchOutcome, limit: number): Promise<Searches>;
}
