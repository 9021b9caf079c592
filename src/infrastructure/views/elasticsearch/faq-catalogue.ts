import { FaqCatalogue, type CatalogueFilter, type Referenced } from '../../../application/ports/faq-catalogue.js';
import type { FaqArticle } from '../../../application/ports/faq-search.js';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import type { ArticleReference } from '../../../domain/faq/events.js';
import type { ElasticViews } from './elastic-views.js';
import { keysetPage, term } from './keyset-page.js';

/** More published articles than the references of one question can have. */
const REFERENCED = 10_000;

export class ElasticFaqCatalogue extends FaqCatalogue {
  constructor(private readonly views: ElasticViews) {
    super();
  }

  page(filter: CatalogueFilter, page: PageRequest): Promise<Page<FaqArticle>> {
    const fields = ['status', 'stage', 'category', 'department'] as const;
    const filters = fields.flatMap((field) => term(field, filter[field]));
    return keysetPage(this.views.read('faq-articles'), { field: 'createdAt', order: 'desc', filter: filters }, page);
  }

  async byReference(references: ReadonlyArray<ArticleReference>): Promise<ReadonlyArray<Referenced>> {
    const { hits } = await this.views.read('faq-articles').search<FaqArticle>({
      query: { bool: { filter: [{ term: { status: 'published' } }, { terms: { reference: [...references] } }] } },
      size: REFERENCED,
      _source: ['document.id', 'document.reference'],
    });
    return hits.hits.map(({ _source }) => {
      const { id, reference } = _source!.document;
      return { id, reference: reference! };
    });
  }
}
