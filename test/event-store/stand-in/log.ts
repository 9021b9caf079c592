import { randomUUID } from 'node:crypto';
import { checkCommit, NO_STREAM, type StreamState } from './commit-check.js';
import { RecordedEvent, TOMBSTONE, type ProposedEvent } from './recorded-event.js';
import { StreamLog } from './stream-log.js';
import { isMetastream, metastreamOf, originalOf, parseMetadata, softDeletion, undeletion } from './stream-metadata.js';

/**
 * What became of an append. `revision` is the last one that was asked for, -1 where there is none; no position where
 * nothing was written; `current` the stream's last, -1 without any.
 */
export type Outcome =
  | { readonly type: 'success'; readonly revision: number; readonly position: number | undefined }
  | { readonly type: 'wrong-expected-version'; readonly current: number }
  | { readonly type: 'stream-deleted' };

// A real database begins with records of its own: its first event lies here.
const FIRST_POSITION = 548;
const RECENT_IDS = 65_536;
const EMPTY = new Uint8Array();

const ownEvent = (type: string, data: string): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(data, 'utf8'),
  metadata: EMPTY,
});

/** All events in memory, in one order and by stream, with the server's rules of who may append what. */
export class Log {
  private readonly events: RecordedEvent[] = [];
  private readonly streams = new Map<string, StreamLog>();
  private readonly recent = new Map<string, RecordedEvent>();
  private readonly listeners = new Set<() => void>();
  private nextPosition = FIRST_POSITION;
  private lastCreated = 0n;

  constructor() {
    this.write(metastreamOf('$scavenges'), [ownEvent('$metadata', '{"$maxAge":2592000}')]);
  }

  /** Every event, `$all`. */
  get all(): ReadonlyArray<RecordedEvent> {
    return this.events;
  }

  /** The last event's position. */
  get head(): number {
    return this.events.at(-1)!.position;
  }

  /** A stream that holds, or once held, an event or metadata. */
  stream(name: string): StreamLog | undefined {
    return this.streams.get(name);
  }

  /** The place in `all` of the first event at or after a position. */
  placeOf(position: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.events[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where a read may start: at an event, before the first, or beyond the last. */
  isBoundary(position: number): boolean {
    return position === 0 || position > this.head || this.events[this.placeOf(position)]!.position === position;
  }

  onCommit(listener: () => void): void {
    this.listeners.add(listener);
  }

  append(name: string, expected: number, events: ReadonlyArray<ProposedEvent>): Outcome {
    const state = this.state(name);
    const decision = checkCommit(
      state,
      expected,
      events.map(({ id }) => id),
    );
    if (typeof decision === 'object') return this.stored(name, decision.repeated);
    if (decision === 'stream-deleted') return { type: decision };
    if (decision === 'wrong-expected-version') return { type: decision, current: state.current };
    const last = this.write(name, events);
    if (state.isSoftDeleted) this.undelete(name, state.current + 1);
    return { type: 'success', revision: last?.revision ?? state.current, position: last?.position };
  }

  /** Hides what the stream holds; it can be appended to again. */
  softDelete(name: string, expected: number): Outcome {
    const state = this.state(name);
    if (state.current === NO_STREAM && !state.isTombstoned && !state.hasMetadata)
      return { type: 'wrong-expected-version', current: NO_STREAM };
    const decision = checkCommit(state, expected, [randomUUID()]);
    if (decision === 'stream-deleted') return { type: decision };
    if (decision !== 'commit') return { type: 'wrong-expected-version', current: state.current };
    const { position } = this.write(metastreamOf(name), [ownEvent('$metadata', softDeletion)])!;
    return { type: 'success', revision: state.current, position };
  }

  /** Closes the stream for ever. */
  tombstone(name: string, expected: number): Outcome {
    const state = this.state(name);
    const decision = checkCommit(state, expected, [randomUUID()]);
    if (decision === 'stream-deleted') return { type: decision };
    if (decision !== 'commit') return { type: 'wrong-expected-version', current: state.current };
    const { position } = this.write(name, [ownEvent('$streamDeleted', '')], TOMBSTONE)!;
    return { type: 'success', revision: TOMBSTONE, position };
  }

  private state(name: string): StreamState {
    const stream = this.streams.get(name);
    const original = isMetastream(name) ? this.streams.get(originalOf(name)) : undefined;
    return {
      current: stream?.last ?? NO_STREAM,
      isTombstoned: stream?.tombstone !== undefined || original?.tombstone !== undefined,
      isSoftDeleted: stream?.isSoftDeleted ?? false,
      hasMetadata: (this.streams.get(metastreamOf(name))?.last ?? NO_STREAM) > NO_STREAM,
      idAt: (revision) => stream?.events[revision]?.id,
      recentRevisionOf: (id) => {
        const event = this.recent.get(id);
        return event?.stream === name ? event.revision : undefined;
      },
    };
  }

  private stored(name: string, revision: number): Outcome {
    return { type: 'success', revision, position: this.streams.get(name)!.events[revision]!.position };
  }

  private undelete(name: string, truncateBefore: number): void {
    const metadata = this.streams.get(metastreamOf(name))!.events.at(-1)!;
    this.write(metastreamOf(name), [ownEvent('$metadata', undeletion(metadata.data, truncateBefore))]);
  }

  /** The last one written. */
  private write(
    name: string,
    events: ReadonlyArray<ProposedEvent>,
    revision = (this.streams.get(name)?.last ?? NO_STREAM) + 1,
  ): RecordedEvent | undefined {
    const stream = this.streamOf(name);
    let event: RecordedEvent | undefined;
    for (const [index, proposed] of events.entries()) {
      event = new RecordedEvent(proposed, name, revision + index, this.nextPosition, this.now());
      this.events.push(event);
      stream.add(event);
      this.remember(event);
      this.nextPosition += event.size;
    }
    if (event !== undefined && isMetastream(name)) this.streamOf(originalOf(name)).metadata = parseMetadata(event.data);
    if (event !== undefined) for (const listener of this.listeners) listener();
    return event;
  }

  private streamOf(name: string): StreamLog {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = new StreamLog(name);
      this.streams.set(name, stream);
    }
    return stream;
  }

  private remember(event: RecordedEvent): void {
    this.recent.delete(event.id);
    this.recent.set(event.id, event);
    if (this.recent.size > RECENT_IDS) this.recent.delete(this.recent.keys().next().value!);
  }

  /** Ticks of 100 ns since 1970, never going back. */
  private now(): bigint {
    const ticks = BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1000)) * 10n;
    this.lastCreated = ticks > this.lastCreated ? ticks : this.lastCreated + 1n;
    return this.lastCreated;
  }
}
