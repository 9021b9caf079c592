import { errors, type Client, type estypes } from '@elastic/elasticsearch';
import { ViewUnavailable, type ViewName } from '../../../application/ports/views.js';
import { failureOf, soon } from './client.js';
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
    return this.#ask(() => this.client.search<StoredDocument<Doc>>({ index: this.alias, ...request }, soon));
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
      throw unavailable(this.view, error) ?? error;
    }
  }
}

/** A missing alias is a view that is being built, and a request that the cluster calls wrong is our fault. */
const unavailable = (view: ViewName, error: unknown): ViewUnavailable | undefined => {
  if (!(error instanceof errors.ElasticsearchClientError)) return undefined;
  if (!(error instanceof errors.ResponseError)) return new ViewUnavailable(view, failureOf(error));
  if (error.statusCode === 404) return new ViewUnavailable(view);
  // An index is closed while a snapshot is restored over it.
  const isOurFault = error.statusCode === 400 && failureOf(error) !== 'index_closed_exception';
  return isOurFault ? undefined : new ViewUnavailable(view, failureOf(error));
};
