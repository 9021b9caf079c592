import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../../sqlite/transaction.js';
import type { Cursor } from '../cursor.js';

export const cursorsIn = (db: DatabaseSync): ReadonlyArray<Cursor> =>
  db
    .prepare(`SELECT instance, key, value FROM plugin_state WHERE instance <> 'reactions'`)
    .all() as unknown as ReadonlyArray<Cursor>;

/** Replaces everything: no reaction has a checkpoint after it. */
export const beginWith = (db: DatabaseSync, cursors: ReadonlyArray<Cursor>): void =>
  transaction(db, () => {
    db.exec('DELETE FROM plugin_state');
    const insert = db.prepare('INSERT INTO plugin_state (instance, key, value) VALUES (?, ?, ?)');
    for (const { instance, key, value } of cursors) insert.run(instance, key, value);
  });
