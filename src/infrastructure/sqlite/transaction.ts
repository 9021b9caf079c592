import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one write transaction; whatever it throws undoes all of it. */
export const transaction = <A>(db: DatabaseSync, work: () => A): A => {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // Some failures, a full disk among them, have already undone it.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
};
