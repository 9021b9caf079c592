/** The right to act alone under a name, for as long as it lasts. */
export interface Lease {
  readonly name: string;
  /** The process that owns it. */
  readonly owner: string;
  /** Grows with each taking; whoever writes under an older one than the last is refused. */
  readonly epoch: number;
  /** Aborted as soon as the lease is lost, or is to be given back: nothing new begins after it. */
  readonly signal: AbortSignal;
}

export interface LeaseStatus {
  readonly name: string;
  readonly state: 'owned' | 'waiting';
  /** When it came into this state: UTC, ISO 8601. */
  readonly since: string;
  /** The epoch that it owns, or owned last; absent before the first. */
  readonly epoch?: number;
  /** The failure that keeps leases from being asked for or renewed, without any value; absent while all is well. */
  readonly lastError?: string;
}

/** Thrown by what is written under a lease that is not held any more; nothing was written. */
export class LeaseLost extends Error {
  constructor({ name, epoch }: Pick<Lease, 'name' | 'epoch'>) {
    super(`the lease ${name} of epoch ${epoch} is not held any more`);
  }
}

/** Port: what only one process may do at a time. */
export abstract class Leases {
  /**
   * Waits until this process owns `name`, runs `work` as its owner, and gives it back when `work` has ended. Work that
   * ended because the lease was lost is run again under the next one, until `signal` aborts. Resolves when `work` has
   * ended of itself or after `signal`, rejects with what else it throws; an outage only makes it wait.
   */
  abstract hold(name: string, signal: AbortSignal, work: (lease: Lease) => Promise<void>): Promise<void>;

  /** Of every name that is held or waited for here. */
  abstract status(): ReadonlyArray<LeaseStatus>;
}
