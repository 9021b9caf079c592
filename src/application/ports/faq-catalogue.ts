import type { ArticleReference } from '../../domain/faq/events.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../domain/kernel/ids.js';
import type { FaqArticle, FaqDraft } from './faq-search.js';
import type { Page, PageRequest } from './page.js';

/** All that is given must hold. */
export interface CatalogueFilter {
  readonly status?: FaqArticle['status'];
  /** Of the draft, also of one beside a published text: `in-review` is what waits for its department. */
  readonly stage?: FaqDraft['stage'];
  readonly category?: CategoryCode;
  readonly department?: DepartmentCode;
}

/** Port: all FAQ articles, for those who look after them (S1). Throws `ViewUnavailable`. */
export abstract class FaqCatalogue {
  /** Latest created first. Throws `BadCursor`. */
  abstract page(filter: CatalogueFilter, page: PageRequest): Promise<Page<FaqArticle>>;

  /** The published articles of these references, at most 1,000 references at a time; in no order. */
  abstract byReference(references: ReadonlyArray<ArticleReference>): Promise<ReadonlyArray<Referenced>>;
}

export interface Referenced {
  readonly reference: ArticleReference;
  readonly id: ArticleId;
}
