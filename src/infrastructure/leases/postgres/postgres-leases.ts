import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { LeaseLost, Leases, type Lease, type LeaseStatus } from '../../../application/ports/leases.js';
import { openPool, prepareSchema } from '../../postgres/pool.js';
import { Standing } from '../standing.js';
import { leasesSchema } from './schema.js';
import { Tenure } from './tenure.js';

export interface LeaseOptions {
  /** For how long an owner that is not heard of keeps its lease, in milliseconds. */
  readonly ttlMs: number;
  /** Shortest and longest pause between two looks of one who waits, in milliseconds. */
  readonly pollMs: readonly [number, number];
  /** First and longest pause between two tries while the database does not answer, in milliseconds. */
  readonly retryMs: readonly [number, number];
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

const defaults: LeaseOptions = {
  ttlMs: 10_000,
  pollMs: [1_000, 2_000],
  retryMs: [250, 5_000],
  now: () => performance.now(),
};

/** An owner renews so often in the time for which its lease lasts. */
const RENEWALS = 3;
/** Part of that time after which it counts itself as out: surely before the database lets another in. */
const SURE = 0.9;

const expiry = `clock_timestamp() + $3 * interval '1 millisecond'`;

const acquire = `
  WITH taken AS (
    UPDATE leases SET owner = $2, epoch = epoch + 1, expires_at = ${expiry}
    WHERE name = $1 AND expires_at <= clock_timestamp()
    RETURNING epoch
  ), made AS (
    INSERT INTO leases (name, owner, epoch, expires_at)
    SELECT $1, $2, 1, ${expiry} WHERE NOT EXISTS (SELECT FROM leases WHERE name = $1)
    ON CONFLICT (name) DO NOTHING
    RETURNING epoch
  )
  SELECT epoch FROM taken UNION ALL SELECT epoch FROM made`;

const renew = `UPDATE leases SET expires_at = ${expiry} WHERE name = $1 AND owner = $2 AND epoch = $4`;

const release = `
  UPDATE leases SET owner = NULL, expires_at = clock_timestamp() WHERE name = $1 AND owner = $2 AND epoch = $3`;

/**
 * Leases as rows of a PostgreSQL database, which expire by its clock (ADR 12). An owner renews its lease, and counts
 * itself as out once none of its renewals came through for as long as a lease lasts.
 */
export class PostgresLeases extends Leases {
  private readonly logger = new Logger('Leases');
  /** This process, from now on. */
  private readonly owner = randomUUID();
  private readonly standings = new Set<Standing>();
  private lastError: string | undefined;

  private constructor(
    private readonly pool: pg.Pool,
    private readonly options: LeaseOptions,
  ) {
    super();
  }

  /** Throws when the database does not answer, or a newer program made its tables. */
  static async open(url: string, options: Partial<LeaseOptions> = {}): Promise<PostgresLeases> {
    // Connections of its own: a renewal must not wait behind other work.
    const pool = openPool(url, 'leases');
    try {
      await prepareSchema(pool, leasesSchema);
      return new PostgresLeases(pool, { ...defaults, ...options });
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** To be called when nothing is held any more. */
  async close(): Promise<void> {
    await this.pool.end();
  }

  override async hold(name: string, signal: AbortSignal, work: (lease: Lease) => Promise<void>): Promise<void> {
    const standing = new Standing(name);
    this.standings.add(standing);
    try {
      for (let lost = true; lost;) {
        const tenure = await this.take(standing, signal);
        lost = tenure !== undefined && (await this.serve(tenure, work));
      }
    } finally {
      this.standings.delete(standing);
    }
  }

  override status(): ReadonlyArray<LeaseStatus> {
    const { lastError } = this;
    return [...this.standings].map(({ status }) => ({ ...status, ...(lastError !== undefined && { lastError }) }));
  }

  /** Waits until the lease is free; undefined when the signal comes first. */
  private async take(standing: Standing, signal: AbortSignal): Promise<Tenure | undefined> {
    const { ttlMs, pollMs, now } = this.options;
    const { name } = standing;
    for (let failures = 0; !signal.aborted;) {
      const askedAt = now();
      const answer = await this.ask<{ epoch: number }>(acquire, [name, this.owner, ttlMs]);
      const epoch = answer?.rows[0]?.epoch;
      if (epoch !== undefined) {
        standing.own(epoch);
        this.logger.log(`${name} is this process's, epoch ${epoch}`);
        const onLost = () => {
          standing.wait();
          this.logger.warn(`${name} of epoch ${epoch} is lost`);
        };
        return new Tenure({ name, owner: this.owner, epoch }, askedAt + ttlMs * SURE, signal, now, onLost);
      }
      failures = answer === undefined ? failures + 1 : 0;
      await this.pause(failures === 0 ? pollMs : this.backOff(failures), signal);
    }
    return undefined;
  }

  /** Whether it was lost. */
  private async serve(tenure: Tenure, work: (lease: Lease) => Promise<void>): Promise<boolean> {
    const { lease } = tenure;
    void this.keep(tenure);
    try {
      if (!lease.signal.aborted) await work(lease);
    } catch (error) {
      if (error instanceof LeaseLost) tenure.lose();
      if (!tenure.lost) throw error;
    } finally {
      tenure.end();
      // Should it not come through, the lease expires.
      await this.ask(release, [lease.name, lease.owner, lease.epoch]);
    }
    return tenure.lost;
  }

  /** Renews until it is over. */
  private async keep(tenure: Tenure): Promise<void> {
    const { ttlMs, now } = this.options;
    const { name, owner, epoch } = tenure.lease;
    const interval = ttlMs / RENEWALS;
    for (let failures = 0; !tenure.over.aborted;) {
      await this.pause(failures === 0 ? [interval, interval] : this.backOff(failures), tenure.over);
      if (tenure.over.aborted) return;
      const askedAt = now();
      const answer = await this.ask(renew, [name, owner, ttlMs, epoch]);
      if (answer?.rowCount === 0) tenure.lose();
      else if (answer !== undefined) tenure.extend(askedAt + ttlMs * SURE);
      failures = answer === undefined ? failures + 1 : 0;
    }
  }

  /** Undefined when there is no answer, or not in time. */
  private async ask<R extends pg.QueryResultRow>(
    statement: string,
    values: ReadonlyArray<string | number>,
  ): Promise<pg.QueryResult<R> | undefined> {
    const answered = new AbortController();
    const late = delay(this.options.ttlMs / RENEWALS, undefined, { signal: answered.signal }).then(() => {
      throw new Error('no answer in time');
    });
    try {
      const answer = await Promise.race([this.pool.query<R>(statement, [...values]), late]);
      if (this.lastError !== undefined) this.logger.log('the database of the leases answers again');
      this.lastError = undefined;
      return answer;
    } catch (error) {
      if (this.lastError === undefined) this.logger.error(`the database of the leases fails: ${nameOf(error)}`);
      this.lastError = nameOf(error);
      return undefined;
    } finally {
      answered.abort();
    }
  }

  private backOff(failures: number): readonly [number, number] {
    const [first, longest] = this.options.retryMs;
    const ms = Math.min(longest, first * 2 ** Math.min(failures - 1, 20));
    return [ms / 2, ms];
  }

  /** By chance between the two, so that many do not come at once. */
  private async pause([least, most]: readonly [number, number], signal: AbortSignal): Promise<void> {
    const ms = least + Math.random() * (most - least);
    await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** SQLSTATE or the system's code; the driver's own errors have a message alone. */
const nameOf = (error: unknown): string => (error as { readonly code?: string }).code ?? (error as Error).message;
