import { randomBytes, randomUUID } from 'node:crypto';
import {
  StoreMisconfigured,
  type EventId,
  type EventMetadata,
  type NewEvent,
  type RecordedEvent,
  type StreamName,
} from '../../../application/ports/event-store.js';
import { afterMoves, type Move, type StoreIdentity } from '../store-identity.js';

/** What the store says of itself; its first event is the first that is not the server's own. No reader is given it. */
export const STORE_STREAM = 'madoguchi-store' as StreamName;

type StoreFact =
  | { readonly type: 'StoreCreated'; readonly data: { readonly id: string } }
  | { readonly type: 'EventsMoved'; readonly data: Move };

export const storeCreated = (id: string): NewEvent => storeEvent({ type: 'StoreCreated', data: { id } });
export const eventsMoved = (move: Move): NewEvent => storeEvent({ type: 'EventsMoved', data: move });

const storeEvent = ({ type, data }: StoreFact): NewEvent => ({
  id: randomUUID() as EventId,
  type,
  content: { _tag: 'plain', data: { ...data } },
  // No person's command: the store speaks of itself.
  metadata: {} as EventMetadata,
});

export const newStoreId = (): string => randomBytes(4).toString('hex');

/** The moves that the store tells of, in order. */
export const movesIn = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<Move> =>
  factsIn(events).flatMap((fact) => (fact.type === 'EventsMoved' ? [fact.data] : []));

/** Throws `StoreMisconfigured` for a stream that no Madoguchi wrote. */
export const identityOf = (events: ReadonlyArray<RecordedEvent>): StoreIdentity => {
  const [created] = factsIn(events);
  if (created?.type !== 'StoreCreated' || !/^[0-9a-f]{8}$/.test(created.data.id))
    throw new StoreMisconfigured(`the stream ${STORE_STREAM} does not begin with a store's id`);
  return afterMoves(created.data.id, movesIn(events));
};

const factsIn = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<StoreFact> =>
  events.map(({ type, content }) => ({ type, data: content._tag === 'plain' && content.data }) as StoreFact);
