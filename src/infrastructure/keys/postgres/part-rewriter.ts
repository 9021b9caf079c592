import type { Pool } from 'pg';

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
    await this.pool.query(`VACUUM (FULL) ${part}`);
    await this.pool.query('DELETE FROM rewrites_due WHERE part = $1 AND id <= $2', [part, marks.rows[0]!.id]);
  }
}
