import { record, text } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { CategoryCode, DepartmentCode } from '../kernel/ids.js';

/** One frequently asked question with its answer (よくある質問と回答, S1). Public text: nothing personal. */
export const ArticleContent = record('FaqArticleContent', {
  question: text(200, 'As a citizen would ask it.'),
  answer: text(4000, 'What the operator answers.'),
  category: CategoryCode,
  department: DepartmentCode,
});

export const ArticlePublished = defineEvent('ArticlePublished', ArticleContent);
export const ArticleRevised = defineEvent('ArticleRevised', ArticleContent);
export const ArticleRetired = defineEvent('ArticleRetired', record('ArticleRetired', {}));

export const faqEvents = [ArticlePublished, ArticleRevised, ArticleRetired] as const;
export type FaqEvent = EventOf<(typeof faqEvents)[number]>;
