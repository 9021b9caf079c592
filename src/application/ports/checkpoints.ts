import type { Position } from './event-store.js';
import type { Lease } from './leases.js';

/** Port: up to where each reaction has done its work. Writing throws `LeaseLost` when the lease has another owner by now. */
export abstract class Checkpoints {
  abstract get(reaction: string): Promise<Position | undefined>;

  /** Resolves when it is on disk. A position before the one that stands changes nothing. */
  abstract set(reaction: string, position: Position, lease: Lease): Promise<void>;

  /** Forgets it, as when its store is another one now. */
  abstract drop(reaction: string, lease: Lease): Promise<void>;
}
