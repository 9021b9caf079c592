import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { instant } from '../../../domain/kernel/time.js';
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
  recordedAt: instant(recordedAt),
});
