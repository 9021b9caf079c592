import { FaqUse, type ArticleUse, type UseFilter } from '../../../application/ports/faq-use.js';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import { faqUse } from '../../../application/projections/faq-use.js';
import type { ArticleId } from '../../../domain/kernel/ids.js';
import type { ElasticView } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { keysetPage, term } from './keyset-page.js';

/** FAQ articles by their use (S1). A cursor holds text: digits of fixed width have the order of the numbers. */
export const faqUseView: ElasticView<ArticleUse> = {
  projection: faqUse,
  schemaVersion: 1,
  properties: {
    rank: { type: 'keyword' },
    published: { type: 'boolean' },
    category: { type: 'keyword' },
    department: { type: 'keyword' },
  },
  fields: ({ used, published, category, department }) => ({
    rank: String(used).padStart(16, '0'),
    published,
    category,
    department,
  }),
};

export class ElasticFaqUse extends FaqUse {
  constructor(private readonly views: ElasticViews) {
    super();
  }

  get(id: ArticleId): Promise<ArticleUse | undefined> {
    return this.views.read('faq-use').get(id);
  }

  async ofArticles(ids: ReadonlyArray<ArticleId>): Promise<ReadonlyArray<ArticleUse>> {
    const { hits } = await this.views.read('faq-use').search<ArticleUse>({
      query: { terms: { key: [...ids] } },
      size: ids.length,
      _source: ['document'],
    });
    return hits.hits.map(({ _source }) => _source!.document);
  }

  page({ published, category, department }: UseFilter, page: PageRequest): Promise<Page<ArticleUse>> {
    const filter = [...term('published', published), ...term('category', category), ...term('department', department)];
    return keysetPage(this.views.read('faq-use'), { field: 'rank', order: 'desc', filter }, page);
  }
}
