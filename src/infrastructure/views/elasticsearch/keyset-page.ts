import type { estypes } from '@elastic/elasticsearch';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { ViewReader } from './view-reader.js';

/** The filter on a value, when there is one. */
export const whenGiven = <A>(
  value: A | undefined,
  filter: (value: A) => estypes.QueryDslQueryContainer,
): ReadonlyArray<estypes.QueryDslQueryContainer> => (value === undefined ? [] : [filter(value)]);

/** The filter that a field holds a value, when there is one. */
export const term = (
  field: string,
  value: string | boolean | undefined,
): ReadonlyArray<estypes.QueryDslQueryContainer> => whenGiven(value, (given) => ({ term: { [field]: given } }));

/** The filter on a range of moments: from, and before. */
export const between = (
  field: string,
  from: string | undefined,
  to: string | undefined,
): ReadonlyArray<estypes.QueryDslQueryContainer> =>
  from === undefined && to === undefined
    ? []
    : [{ range: { [field]: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) } } }];

/** A list in the order of a keyword that never changes, then of `key`. */
export interface Listing {
  readonly field: string;
  readonly order: 'asc' | 'desc';
  readonly filter: ReadonlyArray<estypes.QueryDslQueryContainer>;
}

/** One page after a cursor: what comes later in the order, however the list has changed since. Throws `BadCursor`. */
export const keysetPage = async <Doc>(
  reader: ViewReader,
  { field, order, filter }: Listing,
  { limit, after }: PageRequest,
): Promise<Page<Doc>> => {
  const { hits } = await reader.search<Doc>({
    query: { bool: { filter: [...filter] } },
    sort: [{ [field]: { order } }, { key: { order } }],
    size: limit + 1,
    track_total_hits: false,
    _source: ['document'],
    ...(after !== undefined && { search_after: [...decodeCursor(after)] }),
  });
  const items = hits.hits.slice(0, limit).map(({ _source }) => _source!.document);
  const last = hits.hits.length > limit ? hits.hits[limit - 1] : undefined;
  return last === undefined ? { items } : { items, next: encodeCursor(last.sort as unknown as [string, string]) };
};
