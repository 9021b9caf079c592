import type pg from 'pg';
import { openPool, prepareSchema, type Schema } from '../../postgres/pool.js';

/** Beside the leases, which every write looks at. `epoch`: of the lease under which a row was written. */
const stateSchema: Schema = {
  name: 'state',
  version: 1,
  statements: `
    CREATE TABLE checkpoints (
      reaction text PRIMARY KEY,
      position text COLLATE "C" NOT NULL,
      epoch integer NOT NULL
    );

    CREATE TABLE plugin_state (
      instance text,
      key text,
      value text NOT NULL,
      epoch integer NOT NULL,
      PRIMARY KEY (instance, key)
    );
  `,
};

/** Connects to the database of checkpoints and plugin state. Throws when a newer program made its tables. */
export const openPostgresState = async (url: string): Promise<pg.Pool> => {
  const pool = openPool(url, 'state');
  try {
    await prepareSchema(pool, stateSchema);
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
};
