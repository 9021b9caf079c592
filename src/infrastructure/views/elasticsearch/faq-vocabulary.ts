import type { Vocabulary } from '../../../application/ports/faq-search.js';
import { termsOf } from '../faq-analysis.js';
import { analyse } from '../japanese/analysis.js';
import type { ViewReader } from './view-reader.js';

/** Which words of a text the published FAQ knows. */
export const vocabularyOf = async (reader: ViewReader, text: string): Promise<Vocabulary> => {
  const words = [...new Set(termsOf(analyse(text)))];
  if (words.length === 0) return { known: [], others: 0 };
  const articlesWith = (field: string) => ({
    filters: { filters: Object.fromEntries(words.map((word, i) => [`w${i}`, { term: { [field]: word } }])) },
  });
  const { aggregations } = await reader.search({
    size: 0,
    query: { terms: { terms: words } },
    aggs: { anywhere: articlesWith('terms'), inQuestion: articlesWith('questionTerms') },
  });
  const articles = (name: string, i: number): number =>
    (aggregations![name] as unknown as Counted).buckets[`w${i}`]!.doc_count;
  const known = words.filter((_, i) => articles('inQuestion', i) > 0 || articles('anywhere', i) > 1);
  return { known, others: words.length - known.length };
};

interface Counted {
  readonly buckets: Readonly<Record<string, { readonly doc_count: number }>>;
}
