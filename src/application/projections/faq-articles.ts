import { faqEvents, type ArticleContent, type FaqEvent } from '../../domain/faq/events.js';
import type { ArticleId } from '../../domain/kernel/ids.js';
import type { FaqArticle } from '../ports/faq-search.js';
import type { Projection } from './projection.js';

/** What of an article search may find, under every engine: the text that is published, and never the note for staff. */
export const searchable = ({
  status,
  question,
  answer,
  category,
  department,
}: FaqArticle): Pick<ArticleContent, 'question' | 'answer' | 'category' | 'department'> | undefined =>
  status === 'published' ? { question, answer, category, department } : undefined;

/**
 * FAQ articles as they stand (S1): the text that is published, or was; and the one that is being prepared, which is the
 * only one until it has been published. A retired article stays for the contacts that used it.
 */
export const faqArticles: Projection<FaqArticle, FaqEvent> = {
  name: 'faq-articles',
  version: 2,
  events: faqEvents,
  keys: ({ id }) => [id],
  apply: (article, { event, id, revision, occurredAt: changedAt }) => {
    const now = { id: id as ArticleId, createdAt: article?.createdAt ?? changedAt, changedAt, revision };
    switch (event.type) {
      case 'ArticlePublished':
      case 'ArticleRevised':
        // A draft in review was written without knowing this text: back to its writers.
        return { ...event.data, ...(article && staged(article, 'draft')), status: 'published', ...now };
      case 'ArticleDrafted': {
        const draft = { ...event.data, stage: 'draft' } as const;
        return wasPublished(article)
          ? { ...article, draft, ...now }
          : { ...event.data, status: 'draft', draft, ...now };
      }
      case 'ArticleSubmitted':
        return article && { ...article, ...staged(article, 'in-review'), ...now };
      case 'ArticleReturned':
        return article && { ...article, ...staged(article, 'draft', event.data.reason), ...now };
      case 'ArticleRetired':
        return article && { ...article, ...(wasPublished(article) && { status: 'retired' }), ...now };
      case 'ArticleApproved':
      case 'DraftDiscarded': {
        if (!wasPublished(article)) return undefined;
        const { draft: _, ...published } = article;
        return { ...published, ...now };
      }
    }
  },
};

const wasPublished = (article: FaqArticle | undefined): article is FaqArticle =>
  article?.status === 'published' || article?.status === 'retired';

/** The draft at this stage; until an article has been published, its draft's stage is its status. */
const staged = (article: FaqArticle, stage: 'draft' | 'in-review', returnedFor?: string): Partial<FaqArticle> => {
  if (article.draft === undefined) return {};
  const { returnedFor: _, ...text } = article.draft;
  const draft = { ...text, stage, ...(returnedFor !== undefined && { returnedFor }) };
  return wasPublished(article) ? { draft } : { status: stage, draft };
};
