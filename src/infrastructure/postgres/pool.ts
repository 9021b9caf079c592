import { Logger } from '@nestjs/common';
import pg from 'pg';

const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000;
const CONNECTIONS = 10;

/**
 * Connections to one database, made as they are needed. A call fails when there is no answer in time: an outage never
 * hangs. `purpose` shows in `pg_stat_activity`.
 */
export const openPool = (url: string, purpose: string): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `madoguchi ${purpose}`,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    // A server that vanished says nothing: the driver's own timer, past the server's.
    query_timeout: STATEMENT_MS + 1_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next call; unheard, its error would end the process.
  pool.on('error', (error) => new Logger('PostgreSQL').warn(`a connection for ${purpose} broke: ${error.message}`));
  return pool;
};

/** Commits when `work` resolves; undoes everything when it rejects. */
export const transaction = async <A>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<A>): Promise<A> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    // A connection that cannot even roll back is not used again.
    client.release(broken);
  }
};

export interface Schema {
  /** One word; several schemas may share a database. */
  readonly name: string;
  readonly version: number;
  readonly statements: string;
}

/** Makes the tables once, also when several processes start together. Throws when a newer program made them. */
export const prepareSchema = (pool: pg.Pool, { name, version, statements }: Schema): Promise<void> =>
  transaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['madoguchi schema']);
    await client.query(
      'CREATE TABLE IF NOT EXISTS madoguchi_schemas (name text PRIMARY KEY, version integer NOT NULL)',
    );
    const found = await client.query<{ version: number }>('SELECT version FROM madoguchi_schemas WHERE name = $1', [
      name,
    ]);
    const standing = found.rows[0]?.version ?? 0;
    if (standing > version)
      throw new Error(`the tables of ${name} are of version ${standing}: newer than this program`);
    if (standing === version) return;
    await client.query(statements);
    await client.query(
      'INSERT INTO madoguchi_schemas VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
      [name, version],
    );
  });
