import { integer, list, record, scalar } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { ArticleId } from '../kernel/ids.js';

const LONGEST_TERM = 40;
const letter = /\p{L}/u;
const wordOnly = /^[\p{L}\p{M}\p{N}]+$/u;

/**
 * A word that the published FAQ knows, in the form in which it is indexed: a number alone could be a citizen's, and so
 * could what is longer than any word.
 */
export const SettledTerm = scalar<string>(
  `a word of at most ${LONGEST_TERM} characters, not a number`,
  { type: 'string', minLength: 1, maxLength: LONGEST_TERM, examples: ['粗大ごみ'] },
  (u) => typeof u === 'string' && u.length <= LONGEST_TERM && letter.test(u) && wordOnly.test(u),
);

/** More words than these are no query; the rest are counted among the others. */
export const MOST_TERMS = 50;

/** How many articles a search showed; the search shows no more than these. */
export const Hits = integer(0, 50, 'How many articles the search found.');

/**
 * What an operator looked for in the FAQ when the search was over (K16). A query can hold personal data, so it is not
 * kept: of its words those that the published FAQ knows, in alphabetical order, and how many others there were.
 */
export const FaqSearchSettled = defineEvent(
  'FaqSearchSettled',
  record(
    'FaqSearchSettled',
    { terms: list(SettledTerm, MOST_TERMS), others: integer(0, Number.MAX_SAFE_INTEGER), hits: Hits },
    { chosen: ArticleId },
  ),
);

export const faqSearchEvents = [FaqSearchSettled] as const;
export type FaqSearchEvent = EventOf<(typeof faqSearchEvents)[number]>;
