import {
  ArticlePublished,
  ArticleRetired,
  ArticleRevised,
  FeedbackGiven,
  type FaqEvent,
  type FeedbackEvent,
} from '../../domain/faq/events.js';
import { InquiryRecorded, type InquiryEvent } from '../../domain/inquiry/events.js';
import type { ArticleId } from '../../domain/kernel/ids.js';
import type { ArticleUse } from '../ports/faq-use.js';
import type { Projection } from './projection.js';

type Handled = Extract<
  FaqEvent | FeedbackEvent | InquiryEvent,
  { type: 'ArticlePublished' | 'ArticleRevised' | 'ArticleRetired' | 'FeedbackGiven' | 'InquiryRecorded' }
>;

/** Uses of and feedback on FAQ articles (S1): one document an article, from when it is first published. */
export const faqUse: Projection<ArticleUse, Handled> = {
  name: 'faq-use',
  version: 1,
  events: [ArticlePublished, ArticleRevised, ArticleRetired, FeedbackGiven, InquiryRecorded],
  keys: ({ event, id }) => {
    switch (event.type) {
      case 'InquiryRecorded':
        return event.data.faqArticle === undefined ? [] : [event.data.faqArticle];
      case 'FeedbackGiven':
        return [event.data.article];
      default:
        return [id];
    }
  },
  apply: (known, { event, occurredAt }, key) => {
    const use = known ?? { id: key as ArticleId, used: 0, helped: 0, notHelped: 0, published: false };
    switch (event.type) {
      case 'ArticlePublished':
      case 'ArticleRevised': {
        const { question, category, department } = event.data;
        return { ...use, question, category, department, published: true };
      }
      case 'ArticleRetired':
        return { ...use, published: false };
      case 'InquiryRecorded':
        return { ...use, used: use.used + 1, lastUsedAt: occurredAt };
      case 'FeedbackGiven':
        return event.data.helped ? { ...use, helped: use.helped + 1 } : { ...use, notHelped: use.notHelped + 1 };
    }
  },
};
