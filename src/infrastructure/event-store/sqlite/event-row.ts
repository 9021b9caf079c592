import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { instant, type Instant } from '../../../domain/kernel/time.js';
import type { Positions } from './position.js';

export const columns = 'position, stream, revision, id, type, key_id, data, metadata, recorded_at';

/** The columns' values. An array, since the driver makes one in half the time of an object. */
export type EventRow = readonly [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  keyId: string | null,
  data: string,
  metadata: string,
  recordedAt: number,
];

// Printing a moment costs as much as parsing a small event; the events of one commit share theirs.
let last = { ms: Number.NaN, text: '' as Instant };
const recordedAtOf = (ms: number): Instant => {
  if (ms !== last.ms) last = { ms, text: instant(ms) };
  return last.text;
};

export const recordedEvent = (
  [position, stream, revision, id, type, keyId, data, metadata, recordedAt]: EventRow,
  positions: Positions,
): RecordedEvent => ({
  id: id as RecordedEvent['id'],
  stream: stream as RecordedEvent['stream'],
  revision,
  position: positions.of(position),
  type,
  content:
    keyId === null ? { _tag: 'plain', data: JSON.parse(data) } : { _tag: 'sealed', box: { keyId, sealed: data } },
  metadata: JSON.parse(metadata),
  recordedAt: recordedAtOf(recordedAt),
});
