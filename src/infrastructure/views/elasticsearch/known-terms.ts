import type { ViewReader } from './view-reader.js';

/** The last article with a term may be retired: how a part of that term is weighed follows within this time. */
const FORGOTTEN_AFTER_MS = 60_000;

/** Which terms any article has: most queries ask for those that others asked for a moment ago. */
export class KnownTerms {
  #seen = new Set<string>();
  #since = 0;

  async among(reader: ViewReader, terms: ReadonlyArray<string>): Promise<ReadonlySet<string>> {
    if (performance.now() - this.#since > FORGOTTEN_AFTER_MS) {
      this.#seen = new Set();
      this.#since = performance.now();
    }
    const seen = this.#seen;
    const others = terms.filter((term) => !seen.has(term));
    if (others.length > 0) for (const term of await knownOf(reader, others)) seen.add(term);
    return new Set(terms.filter((term) => seen.has(term)));
  }
}

const knownOf = async (reader: ViewReader, terms: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const filters = Object.fromEntries(terms.map((each, i) => [`t${i}`, { term: { terms: each } }]));
  const { aggregations } = await reader.search({
    size: 0,
    query: { terms: { terms: [...terms] } },
    aggs: { of: { filters: { filters } } },
  });
  const { buckets } = aggregations!['of'] as unknown as { buckets: Readonly<Record<string, { doc_count: number }>> };
  return terms.filter((_, i) => buckets[`t${i}`]!.doc_count > 0);
};
