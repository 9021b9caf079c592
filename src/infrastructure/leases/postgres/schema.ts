import type { Schema } from '../../postgres/pool.js';

/** A row outlives its owners: its epoch never goes back. `owner`: the process that has it, or nobody. */
export const leasesSchema: Schema = {
  name: 'leases',
  version: 1,
  statements: `
    CREATE TABLE leases (
      name text PRIMARY KEY,
      owner uuid,
      epoch integer NOT NULL,
      expires_at timestamptz NOT NULL
    );
  `,
};
