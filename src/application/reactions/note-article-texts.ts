import type { ArticleId } from '../../domain/kernel/ids.js';
import { articleNow, notedOf } from '../hybrid-search/article-texts.js';
import { categoryOf, type EventStore, type RecordedEvent } from '../ports/event-store.js';
import type { Vectors } from '../ports/vectors.js';
import { faqArticles } from '../projections/faq-articles.js';
import { Reaction } from './reaction.js';

/** Notes which texts stand for an article since an event (S1); those that lack a vector get it in the background. */
export class NoteArticleTexts extends Reaction {
  readonly name = 'note-article-texts';
  readonly handles = faqArticles.events.map(({ type }) => type);
  readonly delayMs = 0;

  constructor(
    private readonly store: EventStore,
    private readonly vectors: Vectors,
  ) {
    super();
  }

  async react({ stream, revision }: RecordedEvent): Promise<void> {
    const article = await articleNow(this.store, stream.slice(categoryOf(stream).length + 1) as ArticleId);
    // A later event of the article is shown too, and stands for this one.
    if (article.revision === revision) await this.vectors.note([await notedOf(article)]);
  }
}
