import type { DatabaseSync } from 'node:sqlite';
import type { Vocabulary } from '../../../application/ports/faq-search.js';
import { analyse } from '../japanese/analysis.js';
import { prepared } from './prepared.js';

/** Which words of a text the published FAQ knows. */
export const vocabularyOf = (db: DatabaseSync, text: string): Vocabulary => {
  const words = [...new Set(analyse(text).flatMap(({ term }) => term ?? []))];
  const known = words.filter((word) => isKnown(db, word));
  return { known, others: words.length - known.length };
};

const isKnown = (db: DatabaseSync, term: string): boolean => {
  const sql = `SELECT EXISTS (SELECT 1 FROM question_occurrences WHERE term = ?1)
    OR (SELECT count(DISTINCT doc) > 1 FROM answer_occurrences WHERE term = ?1) AS known`;
  return prepared(db, sql).get(term)!['known'] === 1;
};
