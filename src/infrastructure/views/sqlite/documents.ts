import type { DatabaseSync } from 'node:sqlite';
import { prepared } from './prepared.js';

/** The document of a key, of whatever view the database is. */
export const documentOf = <Doc>(db: DatabaseSync, key: string): Doc | undefined => {
  const row = prepared(db, 'SELECT document FROM documents WHERE key = ?').get(key);
  return row === undefined ? undefined : (JSON.parse(row['document'] as string) as Doc);
};
