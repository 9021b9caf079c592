import type { estypes } from '@elastic/elasticsearch';
import {
  FaqSearch,
  type FaqArticle,
  type FaqFound,
  type FaqHit,
  type FaqProposal,
  type FaqQuery,
  type Vocabulary,
} from '../../../application/ports/faq-search.js';
import type { SearchDictionary } from '../../../application/ports/search-dictionary.js';
import type { ArticleId } from '../../../domain/kernel/ids.js';
import type { AnalysedArticle } from '../faq-analysis.js';
import { matchRanges, snippet } from '../faq-matches.js';
import { analyse, bigrams, pairsOf } from '../japanese/analysis.js';
import { parseQuery, type JapaneseQuery, type Part } from '../japanese/query.js';
import type { StoredDocument } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { vocabularyOf } from './faq-vocabulary.js';
import { term } from './keyset-page.js';
import type { ViewReader } from './view-reader.js';

type Query = estypes.QueryDslQueryContainer;
type StoredArticle = StoredDocument<FaqArticle> & { readonly words: string };

/** A part of a word says less than a word; it stands in for a word that no article has. */
const WEIGHT_OF_PARTS = 0.1;
const ALIKE = '49%';

export class ElasticFaqSearch extends FaqSearch {
  constructor(
    private readonly views: ElasticViews,
    private readonly dictionary: SearchDictionary,
  ) {
    super();
  }

  async search({ text, category, department, limit, unfinished = false }: FaqQuery): Promise<FaqFound> {
    const reader = this.views.read('faq-articles');
    const query = parseQuery(text, unfinished, this.dictionary.current());
    const filter = [...term('category', category), ...term('department', department)];
    const known = await knownOf(reader, query);
    const should = [...clauses(text, query, known)];
    const { hits } = await reader.search<FaqArticle>({
      query: { bool: { should, minimum_should_match: 1, filter } },
      // Of equal ones, the one whose key comes first.
      sort: [{ _score: { order: 'desc' } }, { key: { order: 'asc' } }],
      size: should.length === 0 ? 0 : limit,
      track_total_hits: false,
      _source: ['document', 'words'],
    });
    const items = hits.hits.map(({ _source, _score }) => hit(_source as StoredArticle, _score ?? 0, query));
    return { items, ranking: 'lexical', proposals: items.length > 0 ? [] : await proposals(reader, text) };
  }

  get(id: ArticleId): Promise<FaqArticle | undefined> {
    return this.views.read('faq-articles').get(id);
  }

  vocabulary(text: string): Promise<Vocabulary> {
    return vocabularyOf(this.views.read('faq-articles'), text);
  }
}

/** Question and answer added up, as measured better than one field for both; parts of words beside. */
const clauses = (text: string, { prefix, parts }: JapaneseQuery, known: ReadonlySet<string>): ReadonlyArray<Query> => [
  ...['question', 'answer'].flatMap((field): ReadonlyArray<Query> => [
    { match: { [field]: { query: text } } },
    ...(prefix === undefined
      ? []
      : [{ prefix: { [field]: { value: prefix, rewrite: 'top_terms_blended_freqs_50' } } }]),
  ]),
  ...parts.map((part): Query => {
    const standsIn = part.term !== undefined && !known.has(part.term);
    return phraseOf(part, standsIn ? 1 : WEIGHT_OF_PARTS);
  }),
];

/** A phrase weighs as much as all its pairs together: their mean is meant. */
const phraseOf = ({ text }: Part, weight: number): Query => {
  const pairs = bigrams(text);
  return pairs.length === 1
    ? { prefix: { parts: { value: text, rewrite: 'top_terms_blended_freqs_50', boost: weight } } }
    : { match_phrase: { parts: { query: pairs.slice(0, -1).join(' '), boost: weight / (pairs.length - 1) } } };
};

/** The terms of the query's parts that any article has. */
const knownOf = async (reader: ViewReader, { parts }: JapaneseQuery): Promise<ReadonlySet<string>> => {
  const terms = [...new Set(parts.flatMap((part) => part.term ?? []))];
  if (terms.length === 0) return new Set();
  const filters = Object.fromEntries(terms.map((each, i) => [`t${i}`, { term: { terms: each } }]));
  const { aggregations } = await reader.search({
    size: 0,
    query: { terms: { terms } },
    aggs: { of: { filters: { filters } } },
  });
  const { buckets } = aggregations!['of'] as unknown as { buckets: Readonly<Record<string, { doc_count: number }>> };
  return new Set(terms.filter((_, i) => buckets[`t${i}`]!.doc_count > 0));
};

const proposals = async (reader: ViewReader, text: string): Promise<ReadonlyArray<FaqProposal>> => {
  const pairs = pairsOf(analyse(text));
  if (pairs.length === 0) return [];
  const should = pairs.map((pair) => ({ constant_score: { filter: { term: { parts: pair } } } }));
  const { hits } = await reader.search<FaqArticle>({
    query: { bool: { should, minimum_should_match: ALIKE } },
    size: 5,
    _source: ['document'],
  });
  return hits.hits.map(({ _source }) => {
    const { id, question } = _source!.document;
    return { id, question };
  });
};

const hit = ({ document, words }: StoredArticle, score: number, query: JapaneseQuery): FaqHit => {
  const analysed = JSON.parse(words) as AnalysedArticle;
  return {
    id: document.id,
    question: { text: document.question, matches: matchRanges(analysed.question, query) },
    snippet: snippet(document.answer, matchRanges(analysed.answer, query)),
    category: document.category,
    department: document.department,
    score,
  };
};
