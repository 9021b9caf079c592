import type { DatabaseSync } from 'node:sqlite';
import { FaqSearch, type FaqArticle, type FaqHit, type FaqQuery } from '../../../application/ports/faq-search.js';
import type { ArticleId } from '../../../domain/kernel/ids.js';
import { documentOf } from './documents.js';
import type { AnalysedArticle } from './faq-articles.js';
import { matchRanges, snippet } from './faq-matches.js';
import { rank, type Ranked } from './faq-ranking.js';
import { parseQuery, type JapaneseQuery } from './japanese/query.js';
import { prepared } from './prepared.js';
import type { SqliteViews } from './sqlite-views.js';

export class SqliteFaqSearch extends FaqSearch {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async search({ text, category, department, limit, unfinished = false }: FaqQuery): Promise<ReadonlyArray<FaqHit>> {
    const db = this.views.read('faq-articles');
    const query = parseQuery(text, unfinished);
    const allowed = idsOf(db, category, department);
    return rank(db, query, allowed, limit).map((ranked) => hit(db, ranked, query));
  }

  async get(id: ArticleId): Promise<FaqArticle | undefined> {
    return documentOf<FaqArticle>(this.views.read('faq-articles'), id);
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
