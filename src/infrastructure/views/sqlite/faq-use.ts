import { FaqUse, type ArticleUse, type UseFilter } from '../../../application/ports/faq-use.js';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import { faqUse } from '../../../application/projections/faq-use.js';
import type { ArticleId } from '../../../domain/kernel/ids.js';
import { documentOf } from './documents.js';
import { condition, keysetPage, whenGiven } from './keyset-page.js';
import { prepared } from './prepared.js';
import type { SqliteView } from './sqlite-view.js';
import type { SqliteViews } from './sqlite-views.js';

/** FAQ articles by their use (S1). */
export const faqUseView: SqliteView<ArticleUse> = {
  projection: faqUse,
  schemaVersion: 1,
  columns: [
    // A cursor holds text: digits of fixed width have the order of the numbers.
    "rank TEXT AS (format('%016d', document ->> 'used'))",
    "published INTEGER AS (document ->> 'published')",
    "category TEXT AS (document ->> 'category')",
    "department TEXT AS (document ->> 'department')",
  ],
  schema: [
    'CREATE INDEX documents_rank ON documents (rank, key)',
    'CREATE INDEX documents_category ON documents (category, rank, key)',
    'CREATE INDEX documents_department ON documents (department, rank, key)',
  ],
};

export class SqliteFaqUse extends FaqUse {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async get(id: ArticleId): Promise<ArticleUse | undefined> {
    return documentOf<ArticleUse>(this.views.read('faq-use'), id);
  }

  async ofArticles(ids: ReadonlyArray<ArticleId>): Promise<ReadonlyArray<ArticleUse>> {
    const sql = 'SELECT document FROM documents WHERE key IN (SELECT value FROM json_each(?))';
    const rows = prepared(this.views.read('faq-use'), sql).all(JSON.stringify(ids));
    return rows.map(({ document }) => JSON.parse(document as string) as ArticleUse);
  }

  async page({ published, category, department }: UseFilter, page: PageRequest): Promise<Page<ArticleUse>> {
    const where = [
      ...(published === undefined ? [] : [condition(`published = ${published ? 1 : 0}`)]),
      ...whenGiven('category = ?', category),
      ...whenGiven('department = ?', department),
    ];
    const listing = { from: 'documents', column: 'rank', key: 'key', order: 'DESC', where } as const;
    return keysetPage<ArticleUse>(this.views.read('faq-use'), listing, page);
  }
}
