import type pg from 'pg';
import type { Lease } from '../../../application/ports/leases.js';
import { PluginState } from '../../../application/ports/plugin-state.js';
import { whileHeld } from '../../leases/postgres/fence.js';

/** What plugin instances keep, for all processes, over the pool of `openPostgresState`. */
export class PostgresPluginState extends PluginState {
  constructor(private readonly pool: pg.Pool) {
    super();
  }

  override async get(instance: string, key: string): Promise<string | undefined> {
    const select = 'SELECT value FROM plugin_state WHERE instance = $1 AND key = $2';
    return (await this.pool.query<{ value: string }>(select, [instance, key])).rows[0]?.value;
  }

  override async set(instance: string, key: string, value: string, lease: Lease): Promise<void> {
    const upsert = `
      INSERT INTO plugin_state (instance, key, value, epoch) SELECT $1, $2, $3, epoch FROM held
      ON CONFLICT (instance, key) DO UPDATE SET value = excluded.value, epoch = excluded.epoch`;
    await whileHeld(this.pool, lease, upsert, [instance, key, value]);
  }
}
