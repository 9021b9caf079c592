import { errors, type Client, type estypes } from '@elastic/elasticsearch';
import { ViewUnavailable, type ViewName } from '../../../application/ports/views.js';
import type { StoredDocument } from './elastic-view.js';

/** Queries of one view, through the alias that shows its documents alone. Throws `ViewUnavailable`. */
export class ViewReader {
  constructor(
    private readonly client: Client,
    private readonly view: ViewName,
    private readonly alias: string,
  ) {}

  async search<Doc>(
    request: Omit<estypes.SearchRequest, 'index'>,
  ): Promise<estypes.SearchResponse<StoredDocument<Doc>>> {
    return this.#ask(() => this.client.search<StoredDocument<Doc>>({ index: this.alias, ...request }));
  }

  /** The document of a key as a query sees it. */
  async get<Doc>(key: string): Promise<Doc | undefined> {
    const { hits } = await this.search<Doc>({ query: { term: { key } }, size: 1, _source: ['document'] });
    return hits.hits[0]?._source?.document;
  }

  async #ask<A>(ask: () => Promise<A>): Promise<A> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof errors.ElasticsearchClientError) throw unavailable(this.view, error);
      throw error;
    }
  }
}

/** A missing alias is a view that is being built; what else a cluster refuses is an outage of it. */
const unavailable = (view: ViewName, error: errors.ElasticsearchClientError): ViewUnavailable =>
  error instanceof errors.ResponseError && error.statusCode === 404
    ? new ViewUnavailable(view)
    : new ViewUnavailable(view, error.name);
