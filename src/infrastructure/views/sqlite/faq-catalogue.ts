import { FaqCatalogue, type CatalogueFilter, type Referenced } from '../../../application/ports/faq-catalogue.js';
import type { FaqArticle } from '../../../application/ports/faq-search.js';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import type { ArticleReference } from '../../../domain/faq/events.js';
import { keysetPage, whenGiven } from './keyset-page.js';
import { prepared } from './prepared.js';
import type { SqliteViews } from './sqlite-views.js';

export class SqliteFaqCatalogue extends FaqCatalogue {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async page(filter: CatalogueFilter, page: PageRequest): Promise<Page<FaqArticle>> {
    const where = [
      ...whenGiven('status = ?', filter.status),
      ...whenGiven('stage = ?', filter.stage),
      ...whenGiven('category = ?', filter.category),
      ...whenGiven('department = ?', filter.department),
    ];
    const listing = { from: 'documents', column: 'createdAt', key: 'key', order: 'DESC', where } as const;
    return keysetPage<FaqArticle>(this.views.read('faq-articles'), listing, page);
  }

  async byReference(references: ReadonlyArray<ArticleReference>): Promise<ReadonlyArray<Referenced>> {
    const sql = `SELECT reference, key AS id FROM documents
      WHERE status = 'published' AND reference IN (SELECT value FROM json_each(?))`;
    const rows = prepared(this.views.read('faq-articles'), sql).all(JSON.stringify(references));
    return rows.map(({ reference, id }) => ({ reference, id }) as unknown as Referenced);
  }
}
