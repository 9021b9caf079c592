import type { Position } from './event-store.js';
import type { Lease } from './leases.js';

/** The checkpoint that was written last is not there any more, nor what lay beside it: all is to be done again. */
export class CheckpointLost extends Error {
  constructor(reaction: string) {
    super(`the checkpoint of ${reaction} is lost`);
  }
}

/** Port: up to where each reaction has done its work. Writing throws `LeaseLost` when the lease has another owner by now. */
export abstract class Checkpoints {
  abstract get(reaction: string): Promise<Position | undefined>;

  /** Resolves when it is on disk. A position before the one that stands changes nothing. May throw `CheckpointLost`. */
  abstract set(reaction: string, position: Position, lease: Lease): Promise<void>;

  /** Forgets it, as when its store is another one now. */
  abstract drop(reaction: string, lease: Lease): Promise<void>;
}
