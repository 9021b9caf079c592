import { Leases, type Lease, type LeaseStatus } from '../../application/ports/leases.js';
import { Standing } from './standing.js';

const OWNER = 'this process';

/** Leases where one process alone has the data directory: it owns whatever it asks for, once at a time. */
export class SoleOwner extends Leases {
  private readonly standings = new Set<Standing>();
  private readonly epochs = new Map<string, number>();
  /** Of each name, the end of the last one who asked for it. */
  private readonly queues = new Map<string, Promise<unknown>>();

  override async hold(name: string, signal: AbortSignal, work: (lease: Lease) => Promise<void>): Promise<void> {
    const standing = new Standing(name);
    const ended = Promise.withResolvers<void>();
    const before = this.queues.get(name);
    this.queues.set(name, Promise.all([before, ended.promise]));
    this.standings.add(standing);
    try {
      await Promise.race([before, aborted(signal)]);
      if (!signal.aborted) await this.own(standing, signal, work);
    } finally {
      this.standings.delete(standing);
      ended.resolve();
    }
  }

  override status(): ReadonlyArray<LeaseStatus> {
    return [...this.standings].map(({ status }) => status);
  }

  private async own(standing: Standing, signal: AbortSignal, work: (lease: Lease) => Promise<void>): Promise<void> {
    const { name } = standing;
    const epoch = (this.epochs.get(name) ?? 0) + 1;
    this.epochs.set(name, epoch);
    standing.own(epoch);
    const over = new AbortController();
    try {
      await work({ name, owner: OWNER, epoch, signal: AbortSignal.any([signal, over.signal]) });
    } finally {
      over.abort();
    }
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
