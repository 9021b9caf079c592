import { onTestFinished } from 'vitest';
import type { Lease, Leases } from '../../src/application/ports/leases.js';

/** One who holds a lease, or waits for it, until told to leave or the test ends. */
export class Holder {
  /** Every lease that it was given so far. */
  readonly given: Lease[] = [];
  readonly ended: Promise<void>;
  private readonly leaving = new AbortController();
  private readonly watchers = new Set<() => void>();

  constructor(leases: Leases, name: string, work: (lease: Lease) => Promise<void> = untilAborted) {
    this.ended = leases.hold(name, this.leaving.signal, async (lease) => {
      this.given.push(lease);
      for (const look of this.watchers) look();
      await work(lease);
    });
    onTestFinished(() => this.leave().catch(() => undefined));
  }

  /** Resolves to the lease of that turn, counted from 1. */
  owns(turn = 1): Promise<Lease> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.given.length < turn) return;
        this.watchers.delete(look);
        resolve(this.given[turn - 1]!);
      };
      this.watchers.add(look);
      look();
    });
  }

  leave(): Promise<void> {
    this.leaving.abort();
    return this.ended;
  }
}

const untilAborted = ({ signal }: Lease): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
