import type { DatabaseSync } from 'node:sqlite';
import type { FaqArticle } from '../../../application/ports/faq-search.js';
import { faqArticles, searchable } from '../../../application/projections/faq-articles.js';
import { indexedArticle } from '../faq-analysis.js';
import { loadDictionary } from '../japanese/lindera.js';
import { prepared } from './prepared.js';
import type { SqliteView } from './sqlite-view.js';

/**
 * The fields that are searched, each an index of its own, so that a term is weighed by what it means in that field:
 * the terms of question and answer, and the character pairs of both as written and as read.
 */
export const searchFields = ['question', 'answer', 'parts'] as const;
export type SearchField = (typeof searchFields)[number];

/** The row of an article in the index of a field tells the number of terms there: to weigh a hit takes no look-up. */
const LENGTHS = 0x1_0000;
const LONGEST = LENGTHS - 1;
const rowOf = (id: number, length: number) => id * LENGTHS + length;
export const idOfRow = (row: number): number => Math.floor(row / LENGTHS);
export const lengthOfRow = (row: number): number => row % LENGTHS;

const index = (db: DatabaseSync) => {
  // Now, when the file is opened, and not when the first operator searches.
  loadDictionary();
  const count = (field: SearchField, articles: 1 | -1, length: number) =>
    prepared(db, 'UPDATE totals SET articles = articles + ?, terms = terms + ? WHERE field = ?').run(
      articles,
      articles * length,
      field,
    );
  const remove = (id: number) => {
    const known = prepared(db, 'DELETE FROM analyses WHERE id = ? RETURNING question, answer, parts').get(id);
    if (known === undefined) return;
    for (const field of searchFields) {
      const length = known[field] as number;
      prepared(db, `DELETE FROM ${field} WHERE rowid = ?`).run(rowOf(id, length));
      count(field, -1, length);
    }
  };
  const put = (id: number, _key: string, article: FaqArticle) => {
    remove(id);
    const text = searchable(article);
    if (text === undefined) return;
    const indexed = indexedArticle(text);
    const lengths = searchFields.map((field) => Math.min(indexed[field].length, LONGEST));
    for (const [i, field] of searchFields.entries()) {
      const length = lengths[i]!;
      prepared(db, `INSERT INTO ${field} (rowid, terms) VALUES (?, ?)`).run(
        rowOf(id, length),
        indexed[field].join(' '),
      );
      count(field, 1, length);
    }
    prepared(db, 'INSERT INTO analyses VALUES (?, ?, ?, ?, ?)').run(id, ...lengths, indexed.words);
  };
  const optimise = () => {
    for (const field of searchFields) db.exec(`INSERT INTO ${field} (${field}) VALUES ('optimize')`);
  };
  return { put, remove, optimise };
};

/** FAQ articles (S1), found by the words of a Japanese sentence and by parts of words. */
export const faqArticlesView: SqliteView<FaqArticle> = {
  projection: faqArticles,
  schemaVersion: 4,
  columns: [
    ...['category', 'department', 'status', 'createdAt', 'reference'].map(
      (name) => `${name} TEXT AS (document ->> '${name}')`,
    ),
    "stage TEXT AS (document ->> '$.draft.stage')",
  ],
  schema: [
    'CREATE INDEX documents_category ON documents (category)',
    'CREATE INDEX documents_department ON documents (department)',
    'CREATE INDEX documents_createdAt ON documents (createdAt, key)',
    'CREATE INDEX documents_reference ON documents (reference) WHERE reference IS NOT NULL',
    // Those that somebody must look at are few.
    'CREATE INDEX documents_stage ON documents (stage, createdAt, key) WHERE stage IS NOT NULL',
    // Nothing but letters and digits is indexed, and this tokenizer alone leaves all of Unicode's as they are.
    ...searchFields.flatMap((field) => [
      `CREATE VIRTUAL TABLE ${field} USING fts5 (terms, content = '', contentless_delete = 1, tokenize = 'ascii')`,
      `CREATE VIRTUAL TABLE ${field}_occurrences USING fts5vocab (${field}, 'instance')`,
    ]),
    'CREATE TABLE totals (field TEXT PRIMARY KEY, articles INTEGER NOT NULL, terms INTEGER NOT NULL) STRICT',
    ...searchFields.map((field) => `INSERT INTO totals VALUES ('${field}', 0, 0)`),
    `CREATE TABLE analyses (
      id INTEGER PRIMARY KEY, question INTEGER NOT NULL, answer INTEGER NOT NULL, parts INTEGER NOT NULL,
      words TEXT NOT NULL
    ) STRICT`,
  ],
  index,
};
