import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PluginState } from '../../../application/ports/plugin-state.js';

/** What plugin instances keep, in the file that `openState` opened. One process has it, so every lease stands. */
export class SqlitePluginState extends PluginState {
  private readonly select: StatementSync;
  private readonly upsert: StatementSync;

  constructor(db: DatabaseSync) {
    super();
    this.select = db.prepare('SELECT value FROM plugin_state WHERE instance = ? AND key = ?');
    this.upsert = db.prepare(`
      INSERT INTO plugin_state (instance, key, value) VALUES (?, ?, ?)
      ON CONFLICT (instance, key) DO UPDATE SET value = excluded.value
    `);
  }

  override async get(instance: string, key: string): Promise<string | undefined> {
    const row = this.select.get(instance, key) as { readonly value: string } | undefined;
    return row?.value;
  }

  override async set(instance: string, key: string, value: string): Promise<void> {
    this.upsert.run(instance, key, value);
  }
}
