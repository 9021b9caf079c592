import type { DatabaseSync } from 'node:sqlite';
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
import { documentOf } from './documents.js';
import type { AnalysedArticle } from '../faq-analysis.js';
import { matchRanges, snippet } from '../faq-matches.js';
import { vocabularyOf } from './faq-vocabulary.js';
import { alike, rank, type Ranked } from './faq-ranking.js';
import { analyse, pairsOf } from '../japanese/analysis.js';
import { parseQuery, type JapaneseQuery } from '../japanese/query.js';
import { prepared } from './prepared.js';
import type { SqliteViews } from './sqlite-views.js';

export class SqliteFaqSearch extends FaqSearch {
  constructor(
    private readonly views: SqliteViews,
    private readonly dictionary: SearchDictionary,
  ) {
    super();
  }

  async search({ text, category, department, limit, unfinished = false }: FaqQuery): Promise<FaqFound> {
    const db = this.views.read('faq-articles');
    const query = parseQuery(text, unfinished, this.dictionary.current());
    const allowed = idsOf(db, category, department);
    const items = rank(db, query, allowed, limit).map((ranked) => hit(db, ranked, query));
    return { items, ranking: 'lexical', proposals: items.length > 0 ? [] : proposals(db, text) };
  }

  async get(id: ArticleId): Promise<FaqArticle | undefined> {
    return documentOf<FaqArticle>(this.views.read('faq-articles'), id);
  }

  async vocabulary(text: string): Promise<Vocabulary> {
    return vocabularyOf(this.views.read('faq-articles'), text);
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

const hit = (db: DatabaseSync, { id, score }: Ranked, query: JapaneseQuery): FaqHit => {
  const sql = 'SELECT document, words FROM documents JOIN analyses USING (id) WHERE id = ?';
  const row = prepared(db, sql).get(id)!;
  const article = JSON.parse(row['document'] as string) as FaqArticle;
  const words = JSON.parse(row['words'] as string) as AnalysedArticle;
  return {
    id: article.id,
    question: { text: article.question, matches: matchRanges(words.question, query) },
    snippet: snippet(article.answer, matchRanges(words.answer, query)),
    category: article.category,
    department: article.department,
    score,
  };
};
