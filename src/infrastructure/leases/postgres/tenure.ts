import type { Lease } from '../../../application/ports/leases.js';

/**
 * The time for which one owner has a lease. It is over when it is ended, and lost when it was not extended in time:
 * the owner goes by its own clock there, since it may be cut off from the database.
 */
export class Tenure {
  readonly lease: Lease;
  /** Comes when it is over, whichever way. */
  readonly over: AbortSignal;
  private readonly ending = new AbortController();
  private until = 0;
  private timer: NodeJS.Timeout | undefined;
  private wasLost = false;

  /** `now`: milliseconds that only go forward. `leaving`: comes when it is to be given back. */
  constructor(
    lease: Omit<Lease, 'signal'>,
    until: number,
    leaving: AbortSignal,
    private readonly now: () => number,
    private readonly onLost: () => void,
  ) {
    this.over = this.ending.signal;
    this.lease = { ...lease, signal: AbortSignal.any([leaving, this.over]) };
    this.extend(until);
  }

  get lost(): boolean {
    return this.wasLost;
  }

  extend(until: number): void {
    if (this.over.aborted) return;
    this.until = until;
    clearTimeout(this.timer);
    const left = until - this.now();
    if (left <= 0) this.lose();
    else this.timer = setTimeout(() => this.extend(this.until), left).unref();
  }

  lose(): void {
    if (this.over.aborted) return;
    this.wasLost = true;
    this.end();
    this.onLost();
  }

  end(): void {
    clearTimeout(this.timer);
    this.ending.abort();
  }
}
