import type { TypeOf } from 'io-ts';
import { ArticleContent } from '../../domain/faq/events.js';
import { flag, integer, record } from '../../domain/kernel/codec.js';
import { ArticleId, CategoryCode, DepartmentCode } from '../../domain/kernel/ids.js';
import { Instant } from '../../domain/kernel/time.js';
import type { Page, PageRequest } from './page.js';

const count = integer(0, Number.MAX_SAFE_INTEGER);

/** How often an article answered citizens (S1). */
export const ArticleUse = record(
  'FaqArticleUse',
  {
    id: ArticleId,
    /** Contacts that were recorded with it. */
    used: count,
    /** Operators who said that it answered the citizen, and that it did not. */
    helped: count,
    notHelped: count,
    /** Whether it is found by search. */
    published: flag,
  },
  {
    question: ArticleContent.required.question,
    category: CategoryCode,
    department: DepartmentCode,
    /** When a contact was last recorded with it. */
    lastUsedAt: Instant,
  },
);
export type ArticleUse = TypeOf<typeof ArticleUse>;

/** All that is given must hold. */
export interface UseFilter {
  readonly published?: boolean;
  readonly category?: CategoryCode;
  readonly department?: DepartmentCode;
}

/** Port: which FAQ articles are used, and whether they help (S1). Throws `ViewUnavailable`. */
export abstract class FaqUse {
  abstract get(id: ArticleId): Promise<ArticleUse | undefined>;

  /** Of these articles, at most 50, those that were ever published; in no order. */
  abstract ofArticles(ids: ReadonlyArray<ArticleId>): Promise<ReadonlyArray<ArticleUse>>;

  /**
   * Most used first, then by id. Counts only grow, so an article that is used while somebody leafs moves towards pages
   * that were seen: none is shown twice, but one that overtakes the place where the last page ended is passed over.
   * Throws `BadCursor`.
   */
  abstract page(filter: UseFilter, page: PageRequest): Promise<Page<ArticleUse>>;
}
