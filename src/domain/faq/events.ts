import type { TypeOf } from 'io-ts';
import { flag, pattern, record, text } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { ArticleId, CategoryCode, DepartmentCode, InquiryId } from '../kernel/ids.js';

/** The city's own number of an article (整理番号); two articles with the same one are a slip that nothing forbids. */
export type ArticleReference = string & { readonly ArticleReference: unique symbol };
export const ArticleReference = pattern<ArticleReference>(
  'a reference number (letters, digits, and . _ / - between them)',
  /^[A-Za-z0-9]+([._/-][A-Za-z0-9]+)*$/,
  { maxLength: 40, examples: ['GOMI-0012'] },
);

/**
 * One frequently asked question with its answer (よくある質問と回答, S1): public text, nothing personal. The internal note
 * is for staff only: it is neither searched nor part of what a citizen could be shown.
 */
export const ArticleContent = record(
  'FaqArticleContent',
  {
    question: text(500, 'As a citizen would ask it.'),
    answer: text(20_000, 'What the operator answers.'),
    category: CategoryCode,
    department: DepartmentCode,
  },
  {
    reference: ArticleReference,
    internalNote: text(2_000, 'For staff only; never searched, nothing personal.'),
  },
);
export type ArticleContent = TypeOf<typeof ArticleContent>;

/** Version 2 takes longer texts, a reference and an internal note; what was stored before stands as it is. */
const asBefore = [(older: unknown) => older];

/** The text that is found from now on: the first one, or that of an article that had been retired. */
export const ArticlePublished = defineEvent('ArticlePublished', ArticleContent, asBefore);
export const ArticleRevised = defineEvent('ArticleRevised', ArticleContent, asBefore);
export const ArticleRetired = defineEvent('ArticleRetired', record('ArticleRetired', {}));

/** A text that is being prepared; what is published goes on being found. */
export const ArticleDrafted = defineEvent('ArticleDrafted', ArticleContent);
export const ArticleSubmitted = defineEvent('ArticleSubmitted', record('ArticleSubmitted', {}));
export const ArticleReturned = defineEvent(
  'ArticleReturned',
  record('ArticleReturned', { reason: text(500, 'What is to be changed.') }),
);
/** Follows the event that publishes the draft. */
export const ArticleApproved = defineEvent('ArticleApproved', record('ArticleApproved', {}));
export const DraftDiscarded = defineEvent('DraftDiscarded', record('DraftDiscarded', {}));

export const faqEvents = [
  ArticlePublished,
  ArticleRevised,
  ArticleRetired,
  ArticleDrafted,
  ArticleSubmitted,
  ArticleReturned,
  ArticleApproved,
  DraftDiscarded,
] as const;
export type FaqEvent = EventOf<(typeof faqEvents)[number]>;

/** Whether an article answered the citizen, as the operator saw it; words about it could be personal, so there are none. */
export const FeedbackGiven = defineEvent(
  'FeedbackGiven',
  record('FeedbackGiven', { article: ArticleId, helped: flag }, { inquiry: InquiryId }),
);
export const feedbackEvents = [FeedbackGiven] as const;
export type FeedbackEvent = EventOf<(typeof feedbackEvents)[number]>;
