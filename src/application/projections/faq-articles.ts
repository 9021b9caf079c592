import { faqEvents, type FaqEvent } from '../../domain/faq/events.js';
import type { ArticleId } from '../../domain/kernel/ids.js';
import type { FaqArticle } from '../ports/faq-search.js';
import type { Projection } from './projection.js';

/** FAQ articles as they stand (S1); a retired one stays for the contacts that used it. */
export const faqArticles: Projection<FaqArticle, FaqEvent> = {
  name: 'faq-articles',
  version: 1,
  events: faqEvents,
  keys: ({ id }) => [id],
  apply: (article, { event, id, revision, occurredAt: changedAt }) => {
    switch (event.type) {
      case 'ArticlePublished':
      case 'ArticleRevised':
        return { id: id as ArticleId, ...event.data, status: 'published', changedAt, revision };
      case 'ArticleRetired':
        return article && { ...article, status: 'retired', changedAt, revision };
    }
  },
};
