import * as E from 'fp-ts/lib/Either.js';
import {
  StoreMisconfigured,
  type NewEvent,
  type RecordedEvent,
  type StreamName,
} from '../../../application/ports/event-store.js';
import type { Instant } from '../../../domain/kernel/time.js';
import { checkedAppend } from '../append-rules.js';
import type { Appender } from './appender.js';
import type { HybridClock } from './hybrid-clock.js';
import type { PageReader } from './reader.js';
import { newStoreId, STORE_STREAM, storeCreated } from './store-stream.js';
import { proposed } from './wire-event.js';

/** What the store says of itself; an empty one is given an id. */
export const storeFacts = async (
  reader: PageReader,
  appender: Appender,
  clock: HybridClock,
  signal: AbortSignal,
): Promise<ReadonlyArray<RecordedEvent>> => {
  const read = async () => (await reader.stream(STORE_STREAM, 'forwards', 0, Infinity, signal)).events;
  const standing = await read();
  if (standing.length > 0) return standing;
  if ((await reader.head(signal)) !== undefined)
    throw new StoreMisconfigured('the event store holds events of something else: Madoguchi needs one of its own');
  const created = storeCreated(newStoreId());
  // A conflict: another process was first, and its id stands.
  await appender.append(STORE_STREAM, 'none', proposals(STORE_STREAM, [created], clock.now()));
  const made = await read();
  if (made.length === 0) throw new Error('the first event of the store cannot be read back');
  return made;
};

/** Events that must be storable, as they are proposed to the server. */
export const proposals = (stream: StreamName, events: ReadonlyArray<NewEvent>, recordedAt: Instant) => {
  const checked = checkedAppend(stream, events);
  if (E.isLeft(checked)) throw new Error(`${stream}: ${checked.left._tag}`);
  return checked.right.map((event) => proposed(event, recordedAt));
};
