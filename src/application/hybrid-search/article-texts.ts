import * as E from 'fp-ts/lib/Either.js';
import type { ArticleContent, FaqEvent } from '../../domain/faq/events.js';
import { faqArticle } from '../../domain/faq/faq-article.js';
import type { ArticleId } from '../../domain/kernel/ids.js';
import { UnreadableEvent } from '../aggregates/aggregates.js';
import { streamName, type EventStore } from '../ports/event-store.js';
import type { FaqArticle } from '../ports/faq-search.js';
import type { NotedArticle, TextDigest } from '../ports/vectors.js';
import { faqArticles, searchable } from '../projections/faq-articles.js';
import { projected } from '../projections/projection.js';

/** What a longer text goes on with says little of what it is about, and takes the endpoint long. */
const LONGEST_TEXT = 4_000;

/** An article as of its last event. */
export interface ArticleNow {
  readonly id: ArticleId;
  readonly revision: number;
  /** What search may find of it; absent: nothing. */
  readonly found?: Pick<ArticleContent, 'question' | 'answer' | 'category' | 'department'>;
}

/** By the projection of the view, so that words and meaning are searched in the same text. */
export const articleNow = async (store: EventStore, id: ArticleId): Promise<ArticleNow> => {
  let article: FaqArticle | undefined;
  let revision = -1;
  for await (const recorded of store.readStream(streamName(faqArticle.category, id))) {
    const event = projected<FaqEvent>(faqArticles.events, recorded);
    if (E.isLeft(event)) throw new UnreadableEvent(recorded, event.left);
    article = faqArticles.apply(article, event.right, id);
    revision = recorded.revision;
  }
  const found = article && searchable(article);
  return { id, revision, ...(found !== undefined && { found }) };
};

/** What is compared with a query. */
export const textsOf = ({ question, answer }: Pick<ArticleContent, 'question' | 'answer'>) => ({
  question,
  whole: `${question}\n${answer}`.slice(0, LONGEST_TEXT),
});

export const digestOf = async (text: string): Promise<TextDigest> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('') as TextDigest;
};

export const notedOf = async ({ id, revision, found }: ArticleNow): Promise<NotedArticle> => {
  if (found === undefined) return { id, revision };
  const { category, department } = found;
  const texts = textsOf(found);
  const [question, whole] = await Promise.all([digestOf(texts.question), digestOf(texts.whole)]);
  return { id, revision, texts: { question, whole, category, department } };
};
