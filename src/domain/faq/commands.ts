import type { TypeOf } from 'io-ts';
import { record } from '../kernel/codec.js';
import type { Command } from '../kernel/decider.js';
import { ArticleReturned, FeedbackGiven, type ArticleContent } from './events.js';

export type { ArticleContent };

/** What the handler looked up: whether the department of the text is open. */
export interface DepartmentFact {
  readonly departmentOpen: boolean;
}

export const ReturnArticle = ArticleReturned.data;

export type FaqCommand =
  | Command<'PublishArticle', ArticleContent, DepartmentFact>
  | Command<'ReviseArticle', ArticleContent, DepartmentFact>
  | Command<'RetireArticle'>
  | Command<'RepublishArticle', ArticleContent, DepartmentFact>
  /** A text for an article that there is not yet. */
  | Command<'DraftArticle', ArticleContent, DepartmentFact>
  /** Another text for the draft; the first one beside a text that was published. */
  | Command<'ChangeDraft', ArticleContent, DepartmentFact>
  | Command<'SubmitArticle'>
  | Command<'ReturnArticle', TypeOf<typeof ReturnArticle>>
  | Command<'ApproveArticle', unknown, DepartmentFact>
  | Command<'DiscardDraft'>
  /** A row of an import: published if there is no such article, revised if there is. */
  | Command<'ImportArticle', ArticleContent, DepartmentFact>;

const { article: _, ...said } = FeedbackGiven.data.required;
/** What an operator says of one article. */
export const GiveFeedback = record('GiveFeedback', said, FeedbackGiven.data.optional);

export type FeedbackCommand = Command<
  'GiveFeedback',
  TypeOf<typeof FeedbackGiven.data>,
  { readonly articleKnown: boolean; readonly inquiryKnown: boolean }
>;
