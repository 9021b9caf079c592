import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

const LOCK_MS = 2_000;
/** For how long a transaction that sees a dead row is waited for, and the longest pause between two looks. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 100;

/**
 * Takes the dead rows of revoked keys out of the table's files by writing a part anew. Erasures that come while a part
 * is rewritten share the next rewrite.
 */
export class PartRewriter {
  private readonly running = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Promise<void>>();

  constructor(private readonly pool: Pool) {}

  /** Resolves when a rewrite has ended that began after this call. */
  rewrite(part: string): Promise<void> {
    const waiting = this.waiting.get(part);
    if (waiting !== undefined) return waiting;
    const before = this.running.get(part) ?? Promise.resolve();
    const next = before
      .catch(() => undefined)
      .then(() => {
        this.waiting.delete(part);
        const run = this.write(part);
        this.running.set(part, run);
        return run;
      });
    this.waiting.set(part, next);
    return next;
  }

  /** Rewrites what was cut off by a crash, here or in another process. */
  async rewriteDue(): Promise<void> {
    const { rows } = await this.pool.query<{ part: string }>('SELECT DISTINCT part FROM rewrites_due');
    for (const { part } of rows) await this.rewrite(part);
  }

  private async write(part: string): Promise<void> {
    if (!/^keys_\d+$/.test(part)) throw new Error('there is no such part of the keys');
    // Marks that are set while the table is written stay: their rows may have missed it.
    const marks = await this.pool.query<{ id: string }>('SELECT max(id) AS id FROM rewrites_due WHERE part = $1', [
      part,
    ]);
    const until = performance.now() + PATIENCE_MS;
    while ((await this.vacuum(part)) > 0) {
      if (performance.now() > until)
        throw new Error('a transaction still sees rows of revoked keys: erase again later');
      await delay(Math.random() * PAUSE_MS);
    }
    await this.pool.query('DELETE FROM rewrites_due WHERE part = $1 AND id <= $2', [part, marks.rows[0]!.id]);
  }

  /** Answers how many dead rows had to be written again, since some transaction that is under way could see them. */
  private async vacuum(part: string): Promise<number> {
    const client = await this.pool.connect();
    let kept = 0;
    // `0 dead row versions cannot be removed yet.`, in the server's language: the number comes first.
    const listen = ({ detail }: { detail?: string | undefined }) =>
      (kept = Number(/^\d+/.exec(detail ?? '')?.[0] ?? kept));
    client.on('notice', listen);
    try {
      // Who waits for the lock holds up everybody behind: a backup that has the table is waited for another time.
      await client.query(`SET lock_timeout = '${LOCK_MS}ms'`);
      await client.query(`VACUUM (FULL, VERBOSE) ${part}`);
      return kept;
    } finally {
      client.off('notice', listen);
      const failure = await client.query('RESET lock_timeout').then(
        () => undefined,
        (error: Error) => error,
      );
      client.release(failure);
    }
  }
}
