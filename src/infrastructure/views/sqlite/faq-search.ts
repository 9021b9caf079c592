import type { DatabaseSync } from 'node:sqlite';
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
import { documentOf } from './documents.js';
import { analysedArticle } from '../faq-analysis.js';
import { matchRanges, snippet } from '../faq-matches.js';
import { vocabularyOf } from './faq-vocabulary.js';
import { alike, rank } from './faq-ranking.js';
import { analyse, pairsOf } from '../japanese/analysis.js';
import { parseQuery, type JapaneseQuery } from '../japanese/query.js';
import { prepared } from './prepared.js';
import type { SqliteViews } from './sqlite-views.js';

export class SqliteFaqSearch extends LexicalFaqSearch {
  constructor(
    private readonly views: SqliteViews,
    private readonly dictionary: SearchDictionary,
  ) {
    super();
  }

  async search(asked: FaqQuery): Promise<FaqFound> {
    const db = this.views.read('faq-articles');
    const query = this.#parsed(asked);
    const items = shown(db, ranked(db, asked, query), query);
    return { items, ranking: 'lexical', proposals: items.length > 0 ? [] : proposals(db, asked.text) };
  }

  async rank(asked: FaqQuery): Promise<ReadonlyArray<RankedArticle>> {
    return ranked(this.views.read('faq-articles'), asked, this.#parsed(asked));
  }

  async show(articles: ReadonlyArray<RankedArticle>, asked: FaqQuery): Promise<ReadonlyArray<FaqHit>> {
    return shown(this.views.read('faq-articles'), articles, this.#parsed(asked));
  }

  async get(id: ArticleId): Promise<FaqArticle | undefined> {
    return documentOf<FaqArticle>(this.views.read('faq-articles'), id);
  }

  async vocabulary(text: string): Promise<Vocabulary> {
    return vocabularyOf(this.views.read('faq-articles'), text);
  }

  #parsed({ text, unfinished = false }: FaqQuery): JapaneseQuery {
    return parseQuery(text, unfinished, this.dictionary.current());
  }
}

/** The articles of the category and department asked for; `undefined`: all. */
const idsOf = (db: DatabaseSync, category?: string, department?: string): ReadonlySet<number> | undefined => {
  if (category === undefined && department === undefined) return undefined;
  const sql = `SELECT json_group_array(id) AS ids FROM documents
    WHERE category = coalesce(?1, category) AND department = coalesce(?2, department)`;
  const row = prepared(db, sql).get(category ?? null, department ?? null);
  return new Set(JSON.parse(row!['ids'] as string) as ReadonlyArray<number>);
};

const proposals = (db: DatabaseSync, text: string): ReadonlyArray<FaqProposal> =>
  alike(db, pairsOf(analyse(text)), 5).map(({ id: row }) => {
    const { document } = prepared(db, 'SELECT document FROM documents WHERE id = ?').get(row)!;
    const { id, question } = JSON.parse(document as string) as FaqArticle;
    return { id, question };
  });

const ranked = (
  db: DatabaseSync,
  { category, department, limit }: FaqQuery,
  query: JapaneseQuery,
): ReadonlyArray<RankedArticle> =>
  rank(db, query, idsOf(db, category, department), limit).map(({ id, score }) => {
    const { key } = prepared(db, 'SELECT key FROM documents WHERE id = ?').get(id)!;
    return { id: key as ArticleId, score };
  });

const shown = (db: DatabaseSync, articles: ReadonlyArray<RankedArticle>, query: JapaneseQuery): ReadonlyArray<FaqHit> =>
  articles.flatMap(({ id, score }) => {
    // Published articles alone are analysed.
    const sql = 'SELECT document, words FROM documents JOIN analyses USING (id) WHERE key = ?';
    const row = prepared(db, sql).get(id);
    if (row === undefined) return [];
    const { question, answer, category, department } = JSON.parse(row['document'] as string) as FaqArticle;
    const words = analysedArticle(row['words'] as string);
    return {
      id,
      question: { text: question, matches: matchRanges(words.question, query) },
      snippet: snippet(answer, matchRanges(words.answer, query)),
      category,
      department,
      score,
    };
  });
