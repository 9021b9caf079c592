import type pg from 'pg';
import { LeaseLost, type Lease } from '../../../application/ports/leases.js';

/**
 * Writes only while the lease is held, or throws `LeaseLost`. In `write`, `held` is a table of one row while it is, and
 * of none when it is not. All is one statement, so that a process which freezes leaves no lock behind; until it is done
 * nobody takes over.
 */
export const whileHeld = async (
  pool: pg.Pool,
  lease: Lease,
  write: string,
  values: ReadonlyArray<string>,
): Promise<void> => {
  const [name, owner, epoch] = [1, 2, 3].map((n) => `$${values.length + n}`);
  const { rows } = await pool.query<{ held: boolean }>(
    `WITH held AS MATERIALIZED (
       SELECT epoch FROM leases WHERE name = ${name} AND owner = ${owner} AND epoch = ${epoch} FOR SHARE
     ), written AS (${write})
     SELECT EXISTS (SELECT FROM held) AS held`,
    [...values, lease.name, lease.owner, lease.epoch],
  );
  if (rows[0]?.held !== true) throw new LeaseLost(lease);
};
