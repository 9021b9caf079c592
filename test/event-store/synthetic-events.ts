import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import {
  streamName,
  type Appended,
  type EventId,
  type EventStore,
  type ExpectedRevision,
  type Json,
  type NewEvent,
  type StreamName,
} from '../../src/application/ports/event-store.js';
import type { Actor } from '../../src/domain/kernel/actor.js';
import type { Instant } from '../../src/domain/kernel/time.js';

/** An event of no meaning, under an id of its own. */
export const newEvent = (data: Json = {}, type = 'CallEnded'): NewEvent => ({
  id: randomUUID() as EventId,
  type,
  content: { _tag: 'plain', data },
  metadata: {
    actor: { subject: 'op-0012', role: 'operator' } as Actor,
    commandId: '0190a0b0-0000-7000-8000-000000000001',
    commandDigest: '0f'.repeat(32),
    causation: '0190a0b0-0000-7000-8000-000000000001',
    correlation: '0190a0b0-0000-7000-8000-000000000001',
    occurredAt: '2026-04-01T00:30:00.000Z' as Instant,
    schemaVersion: 1,
  },
});

export const newEvents = (count: number, type?: string): ReadonlyArray<NewEvent> =>
  Array.from({ length: count }, (_, n) => newEvent({ n }, type));

export const newStream = (category = 'call'): StreamName => streamName(category, randomUUID());

/** Appends what must not be refused. */
export const append = async (
  store: EventStore,
  stream: StreamName,
  expected: ExpectedRevision,
  events: ReadonlyArray<NewEvent>,
): Promise<Appended> => {
  const answer = await store.append(stream, expected, events)();
  if (E.isLeft(answer)) throw new Error(`${answer.left._tag}, expected ${expected}`);
  return answer.right;
};
