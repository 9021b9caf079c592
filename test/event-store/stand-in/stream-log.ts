import type { RecordedEvent } from './recorded-event.js';
import { TOMBSTONE } from './recorded-event.js';
import { defaultMetadata, isSoftDeleted, type StreamMetadata } from './stream-metadata.js';

const TICKS_PER_SECOND = 10_000_000n;
const TICKS_PER_MS = 10_000n;

/** One stream: its events by revision, and what its metadata hide of them. */
export class StreamLog {
  readonly events: RecordedEvent[] = [];
  metadata: StreamMetadata;
  tombstone: RecordedEvent | undefined;

  constructor(name: string) {
    this.metadata = defaultMetadata(name);
  }

  /** The last revision; -1 without any. */
  get last(): number {
    return this.events.length - 1;
  }

  get isSoftDeleted(): boolean {
    return isSoftDeleted(this.metadata);
  }

  /** For a reader it is as if there were no such stream. */
  get isMissing(): boolean {
    return this.tombstone === undefined && (this.events.length === 0 || this.isSoftDeleted);
  }

  /** The first revision that is not hidden; beyond `last` when all are. */
  get first(): number {
    const { truncateBefore = 0, maxCount = Infinity, maxAge } = this.metadata;
    let first = Math.max(0, truncateBefore, this.events.length - maxCount);
    if (maxAge !== undefined) {
      const oldest = BigInt(Date.now()) * TICKS_PER_MS - BigInt(maxAge) * TICKS_PER_SECOND;
      while (first < this.events.length && this.events[first]!.created < oldest) first += 1;
    }
    return first;
  }

  add(event: RecordedEvent): void {
    if (event.revision === TOMBSTONE) this.tombstone = event;
    else this.events.push(event);
  }
}
