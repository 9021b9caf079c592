import * as E from 'fp-ts/lib/Either.js';
import { faqArticle } from '../../domain/faq/faq-article.js';
import type { FaqEvent } from '../../domain/faq/events.js';
import type { ArticleId } from '../../domain/kernel/ids.js';
import { UnreadableEvent } from '../aggregates/aggregates.js';
import { streamName, type EventStore } from '../ports/event-store.js';
import type { FaqArticle } from '../ports/faq-search.js';
import type { NotedArticle, TextDigest } from '../ports/vectors.js';
import { faqArticles } from '../projections/faq-articles.js';
import { projected } from '../projections/projection.js';

/** The article as the view of its events shows it: words and meaning are searched in the same text. */
export const articleNow = async (store: EventStore, id: ArticleId): Promise<FaqArticle | undefined> => {
  let article: FaqArticle | undefined;
  for await (const recorded of store.readStream(streamName(faqArticle.category, id))) {
    const event = projected<FaqEvent>(faqArticles.events, recorded);
    if (E.isLeft(event)) throw new UnreadableEvent(recorded, event.left);
    article = faqArticles.apply(article, event.right, id);
  }
  return article;
};

/** What is compared with a query; nothing that is not published. */
export const textsOf = ({ status, question, answer }: FaqArticle) =>
  status === 'published' ? { question, whole: `${question}\n${answer}` } : undefined;

export const digestOf = async (text: string): Promise<TextDigest> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('') as TextDigest;
};

export const notedOf = async (article: FaqArticle): Promise<NotedArticle> => {
  const { id, revision, category, department } = article;
  const texts = textsOf(article);
  if (texts === undefined) return { id, revision };
  const [question, whole] = await Promise.all([digestOf(texts.question), digestOf(texts.whole)]);
  return { id, revision, texts: { question, whole, category, department } };
};
