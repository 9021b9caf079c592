import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';

/** One number for all that lock a database as Madoguchi's. */
const LOCK = `hashtext('madoguchi serving')`;
const RETRY_MS = 1_000;

/** Others hold the database in a way that excludes this one. */
export class DatabaseInUse extends Error {}

/**
 * Says that a process serves a database, as long as it lives: a lock of a session, which the server lets go of however
 * the process ends. Any number of processes serve; who moves the data away does it alone.
 */
export class ServingLock {
  private readonly stop = new AbortController();
  private readonly logger = new Logger('PostgreSQL');
  private client: pg.Client | undefined;

  private constructor(
    private readonly url: string,
    private readonly kind: 'serving' | 'alone',
    private readonly displaced: (why: Error) => void,
  ) {}

  /**
   * Throws `DatabaseInUse`. The lock is taken again whenever its connection breaks; `displaced` is told when another
   * one was faster.
   */
  static async take(url: string, kind: 'serving' | 'alone', displaced: (why: Error) => void): Promise<ServingLock> {
    const lock = new ServingLock(url, kind, displaced);
    await lock.take();
    return lock;
  }

  async release(): Promise<void> {
    this.stop.abort();
    await this.client?.end();
  }

  private async take(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: `madoguchi ${this.kind}`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const shared = this.kind === 'serving' ? '_shared' : '';
      const { rows } = await client.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock${shared}(${LOCK}) AS locked`,
      );
      if (!rows[0]!.locked)
        throw new DatabaseInUse(
          this.kind === 'serving'
            ? 'the data behind DATABASE_URL is being moved: wait until `madoguchi migrate` has ended'
            : 'processes serve what lies behind DATABASE_URL: stop them first',
        );
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    client.once('end', () => void this.takeAgain());
  }

  private async takeAgain(): Promise<void> {
    const { signal } = this.stop;
    while (!signal.aborted) {
      try {
        await this.take();
        return;
      } catch (error) {
        if (error instanceof DatabaseInUse) {
          this.displaced(error);
          return;
        }
        this.logger.warn(`the connection that says that this process serves broke, and is tried again`);
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
