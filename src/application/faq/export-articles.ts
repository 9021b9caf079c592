import type { CatalogueFilter, FaqCatalogue } from '../ports/faq-catalogue.js';
import type { Cursor } from '../ports/page.js';
import type { ArticleRow } from './import-rows.js';

const AT_A_TIME = 200;

/** The published articles as an import takes them: imported again, they change nothing. */
export const exportArticles = async (
  catalogue: FaqCatalogue,
  filter: Pick<CatalogueFilter, 'category' | 'department'>,
): Promise<ReadonlyArray<ArticleRow>> => {
  const rows: ArticleRow[] = [];
  for (let after: Cursor | undefined; ;) {
    const request = { limit: AT_A_TIME, ...(after !== undefined && { after }) };
    const { items, next } = await catalogue.page({ ...filter, status: 'published' }, request);
    for (const { id, reference, category, department, question, answer, internalNote } of items)
      rows.push({
        id,
        ...(reference !== undefined && { reference }),
        category,
        department,
        question,
        answer,
        ...(internalNote !== undefined && { internalNote }),
      });
    if (next === undefined) return rows;
    after = next;
  }
};
