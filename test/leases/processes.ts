import { onTestFinished } from 'vitest';
import type { Checkpoints } from '../../src/application/ports/checkpoints.js';
import type { PluginState } from '../../src/application/ports/plugin-state.js';
import { PostgresLeases, type LeaseOptions } from '../../src/infrastructure/leases/postgres/postgres-leases.js';
import { openPostgresState } from '../../src/infrastructure/state/postgres/open-state.js';
import { PostgresCheckpoints } from '../../src/infrastructure/state/postgres/postgres-checkpoints.js';
import { PostgresPluginState } from '../../src/infrastructure/state/postgres/postgres-plugin-state.js';
import { Line } from './line.js';

/** What a process has of the database, over a line of its own. */
export interface Process {
  readonly line: Line;
  readonly leases: PostgresLeases;
  readonly checkpoints: Checkpoints;
  readonly state: PluginState;
  /** Stands still, as far as others can see, and does not know: its clock stands too. */
  readonly freeze: () => void;
  /** Goes on as if no time had passed, until it looks at the clock. */
  readonly wake: () => void;
}

export const quick: Partial<LeaseOptions> = { ttlMs: 400, pollMs: [5, 20], retryMs: [5, 50] };

/** One process more at the database of this address, until the test ends. */
export const processAt = async (address: string, options: Partial<LeaseOptions> = quick): Promise<Process> => {
  const line = await Line.to(address);
  let stoodAt: number | undefined;
  const now = () => stoodAt ?? performance.now();
  const leases = await PostgresLeases.open(line.url, { ...options, now });
  const pool = await openPostgresState(line.url);
  onTestFinished(async () => {
    line.mend();
    await leases.close();
    await pool.end();
  });
  return {
    line,
    leases,
    checkpoints: new PostgresCheckpoints(pool),
    state: new PostgresPluginState(pool),
    freeze: () => {
      stoodAt = performance.now();
      line.hold();
    },
    wake: () => {
      stoodAt = undefined;
      line.mend();
    },
  };
};
