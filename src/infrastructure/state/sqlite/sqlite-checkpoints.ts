import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Checkpoints } from '../../../application/ports/checkpoints.js';
import type { Position } from '../../../application/ports/event-store.js';

/** The reactions' checkpoints, beside what plugins keep, as rows of an instance `reactions`. */
export class SqliteCheckpoints extends Checkpoints {
  private readonly select: StatementSync;
  private readonly upsert: StatementSync;
  private readonly delete: StatementSync;

  constructor(db: DatabaseSync) {
    super();
    this.select = db.prepare(`SELECT value FROM plugin_state WHERE instance = 'reactions' AND key = ?`);
    this.upsert = db.prepare(`
      INSERT INTO plugin_state (instance, key, value) VALUES ('reactions', ?, ?)
      ON CONFLICT (instance, key) DO UPDATE SET value = excluded.value WHERE value < excluded.value
    `);
    this.delete = db.prepare(`DELETE FROM plugin_state WHERE instance = 'reactions' AND key = ?`);
  }

  override async get(reaction: string): Promise<Position | undefined> {
    const row = this.select.get(reaction) as { readonly value: Position } | undefined;
    return row?.value;
  }

  override async set(reaction: string, position: Position): Promise<void> {
    this.upsert.run(reaction, position);
  }

  override async drop(reaction: string): Promise<void> {
    this.delete.run(reaction);
  }
}
