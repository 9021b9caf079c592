import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { PluginState } from '../../application/ports/plugin-state.js';

const SCHEMA_VERSION = 1;
const LOCK_TIMEOUT_MS = 1_000;

/** What plugin instances keep, in a SQLite file of its own. */
export class SqlitePluginState extends PluginState {
  private readonly select: StatementSync;
  private readonly upsert: StatementSync;

  private constructor(private readonly db: DatabaseSync) {
    super();
    this.select = db.prepare('SELECT value FROM plugin_state WHERE instance = ? AND key = ?');
    this.upsert = db.prepare(`
      INSERT INTO plugin_state (instance, key, value) VALUES (?, ?, ?)
      ON CONFLICT (instance, key) DO UPDATE SET value = excluded.value
    `);
  }

  /** `file` is made when absent. Throws when it was written by a newer program. */
  static open(file: string): SqlitePluginState {
    const db = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
      if (version > SCHEMA_VERSION)
        throw new Error(`the plugin state is of version ${version}: newer than this program`);
      db.exec(`
        CREATE TABLE IF NOT EXISTS plugin_state (
          instance TEXT NOT NULL,
          key TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (instance, key)
        ) STRICT, WITHOUT ROWID;
        PRAGMA user_version = ${SCHEMA_VERSION};
      `);
      return new SqlitePluginState(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  override async get(instance: string, key: string): Promise<string | undefined> {
    const row = this.select.get(instance, key) as { readonly value: string } | undefined;
    return row?.value;
  }

  override async set(instance: string, key: string, value: string): Promise<void> {
    this.upsert.run(instance, key, value);
  }
}
