import { DatabaseSync } from 'node:sqlite';

const SCHEMA_VERSION = 1;
const LOCK_TIMEOUT_MS = 1_000;

/**
 * Opens the file of what a process notes of its own progress: checkpoints of reactions, state of plugin instances.
 * `file` is made when absent. Throws when it was written by a newer program.
 */
export const openState = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > SCHEMA_VERSION) throw new Error(`the plugin state is of version ${version}: newer than this program`);
    db.exec(`
      CREATE TABLE IF NOT EXISTS plugin_state (
        instance TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (instance, key)
      ) STRICT, WITHOUT ROWID;
      PRAGMA user_version = ${SCHEMA_VERSION};
    `);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};
