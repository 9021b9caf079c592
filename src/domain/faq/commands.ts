import type { Command } from '../kernel/decider.js';
import type { TypeOf } from 'io-ts';
import { ArticleContent } from './events.js';

export type ArticleContent = TypeOf<typeof ArticleContent>;

/** What the handler looked up: whether the article's department is open. */
export interface DepartmentFact {
  readonly departmentOpen: boolean;
}

export type FaqCommand =
  | Command<'PublishArticle', ArticleContent, DepartmentFact>
  | Command<'ReviseArticle', ArticleContent, DepartmentFact>
  | Command<'RetireArticle'>;
