import type { estypes } from '@elastic/elasticsearch';
import {
  LexicalFaqSearch,
  type FaqArticle,
  type FaqFound,
  type FaqHit,
  type FaqProposal,
  type FaqQuery,
  type RankedArticle,
  type Vocabulary,
} from '../../../application/ports/faq-search.js';
import type { SearchDictionary } from '../../../application/ports/search-dictionary.js';
import type { ArticleId } from '../../../domain/kernel/ids.js';
import { analysedArticle } from '../faq-analysis.js';
import { matchRanges, snippet } from '../faq-matches.js';
import { analyse, pairsOf } from '../japanese/analysis.js';
import { parseQuery, type JapaneseQuery } from '../japanese/query.js';
import type { StoredDocument } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { clausesOf, termsOfParts } from './faq-query.js';
import { vocabularyOf } from './faq-vocabulary.js';
import { KnownTerms } from './known-terms.js';
import { term } from './keyset-page.js';
import type { ViewReader } from './view-reader.js';

/** Of articles that are not published, no words are kept. */
type StoredArticle = StoredDocument<FaqArticle> & { readonly words?: string };

/** The share of pairs that a proposal has in common with the query. */
const ALIKE = '49%';

export class ElasticFaqSearch extends LexicalFaqSearch {
  readonly #known = new KnownTerms();

  constructor(
    private readonly views: ElasticViews,
    private readonly dictionary: SearchDictionary,
  ) {
    super();
  }

  async search(asked: FaqQuery): Promise<FaqFound> {
    const reader = this.views.read('faq-articles');
    const query = this.#parsed(asked);
    const request = rankingOf(asked, query, await this.#known.among(reader, termsOfParts(query)));
    const found = request && (await reader.search<FaqArticle>(request));
    const items =
      found?.hits.hits.map(({ _source, _score }) => hit(_source as StoredArticle, _score ?? 0, query)) ?? [];
    return { items, ranking: 'lexical', proposals: items.length > 0 ? [] : await proposals(reader, asked.text) };
  }

  async rank(asked: FaqQuery): Promise<ReadonlyArray<RankedArticle>> {
    const reader = this.views.read('faq-articles');
    const query = this.#parsed(asked);
    const request = rankingOf(asked, query, await this.#known.among(reader, termsOfParts(query)));
    if (request === undefined) return [];
    // To unpack hundreds of documents takes many times as long as to find them.
    const { hits } = await reader.search({ ...request, stored_fields: '_none_', docvalue_fields: ['key'] });
    return hits.hits.map(({ fields, _score }) => ({ id: (fields!['key'] as [ArticleId])[0], score: _score ?? 0 }));
  }

  async show(ranked: ReadonlyArray<RankedArticle>, asked: FaqQuery): Promise<ReadonlyArray<FaqHit>> {
    const query = this.#parsed(asked);
    const { hits } = await this.views.read('faq-articles').search<FaqArticle>({
      query: { terms: { key: ranked.map(({ id }) => id) } },
      size: ranked.length,
      track_total_hits: false,
    });
    const stored = new Map(hits.hits.map(({ _source }) => [_source!.key, _source as StoredArticle]));
    return ranked.flatMap(({ id, score }) => {
      const article = stored.get(id);
      // Published articles alone are analysed.
      return article?.words === undefined ? [] : hit(article, score, query);
    });
  }

  get(id: ArticleId): Promise<FaqArticle | undefined> {
    return this.views.read('faq-articles').get(id);
  }

  vocabulary(text: string): Promise<Vocabulary> {
    return vocabularyOf(this.views.read('faq-articles'), text);
  }

  #parsed({ text, unfinished = false }: FaqQuery): JapaneseQuery {
    return parseQuery(text, unfinished, this.dictionary.current());
  }
}

/** Nothing to ask for: `undefined`. */
const rankingOf = (
  { category, department, limit }: FaqQuery,
  query: JapaneseQuery,
  known: ReadonlySet<string>,
): Omit<estypes.SearchRequest, 'index'> | undefined => {
  const should = [...clausesOf(query, known)];
  if (should.length === 0) return undefined;
  const filter = [...term('category', category), ...term('department', department)];
  return {
    query: { bool: { should, minimum_should_match: 1, filter } },
    // Of equal ones, the one whose key comes first.
    sort: [{ _score: { order: 'desc' } }, { key: { order: 'asc' } }],
    size: limit,
    track_total_hits: false,
  };
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
  const analysed = analysedArticle(words!);
  return {
    id: document.id,
    question: { text: document.question, matches: matchRanges(analysed.question, query) },
    snippet: snippet(document.answer, matchRanges(analysed.answer, query)),
    category: document.category,
    department: document.department,
    score,
  };
};
