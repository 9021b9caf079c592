import type pg from 'pg';
import { transaction } from '../../postgres/pool.js';
import type { Cursor } from '../cursor.js';

export const cursorsIn = async (pool: pg.Pool): Promise<ReadonlyArray<Cursor>> =>
  (await pool.query<Cursor>('SELECT instance, key, value FROM plugin_state')).rows;

/** Replaces everything: no reaction has a checkpoint after it. */
export const beginWith = (pool: pg.Pool, cursors: ReadonlyArray<Cursor>): Promise<void> =>
  transaction(pool, async (client) => {
    await client.query('DELETE FROM checkpoints');
    await client.query('DELETE FROM plugin_state');
    for (const { instance, key, value } of cursors)
      await client.query('INSERT INTO plugin_state (instance, key, value, epoch) VALUES ($1, $2, $3, 0)', [
        instance,
        key,
        value,
      ]);
  });
