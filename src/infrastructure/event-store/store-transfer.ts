import type { EventStore, RecordedEvent } from '../../application/ports/event-store.js';
import type { Move, StoreIdentity } from './store-identity.js';

/** An event store whose events can be moved to another engine (docs/guides/several-processes.md). */
export interface TransferableStore extends EventStore {
  readonly identity: StoreIdentity;

  /**
   * Stores another store's events behind what is here: order, ids, times and sealed boxes stay as they are, positions
   * become this store's. Resolves when they are on disk. Throws when one does not follow the last of its stream.
   */
  takeOver(events: ReadonlyArray<RecordedEvent>): Promise<void>;

  /** Notes where the events came from or went to, unless the last note says so. Once they went, it does not open. */
  note(move: Move): Promise<void>;

  close(): Promise<void>;
}

/** An event that cannot stand where it would have to. */
export class OutOfPlace extends Error {
  constructor({ stream, revision, id }: RecordedEvent) {
    super(`event ${id} cannot be stored as revision ${revision} of ${stream}: something else stands there`);
  }
}

export interface OpenOptions {
  /** For moving events alone: opens a store whose events are elsewhere. */
  readonly evenIfMoved?: boolean;
}
