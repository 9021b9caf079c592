import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  EventStore,
  type AppendError,
  type Appended,
  type Batch,
  type Content,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamName,
} from '../../src/application/ports/event-store.js';
import type { Instant } from '../../src/domain/kernel/time.js';

const position = (n: number) => `${n}`.padStart(16, '0') as Position;

/** The least store that a decorator can be tested over. It keeps what it is given, and lets a test spoil it. */
export class MemoryEventStore extends EventStore {
  readonly events: RecordedEvent[] = [];

  override append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyArray<NewEvent>,
  ): TaskEither<AppendError, Appended> {
    return async () => {
      const last = events.at(-1);
      if (last === undefined) return E.left({ _tag: 'refused', code: 'empty_append', message: 'nothing to append' });
      const first = this.events.find(({ id }) => id === last.id);
      if (first !== undefined) return E.right({ revision: first.revision, position: first.position });
      const revision = this.events.findLast((event) => event.stream === stream)?.revision ?? -1;
      if (revision !== (expected === 'none' ? -1 : expected)) return E.left({ _tag: 'conflict', stream, expected });
      const recordedAt = '2026-04-01T00:30:00.000Z' as Instant;
      for (const [n, event] of events.entries())
        this.events.push({
          ...event,
          stream,
          revision: revision + 1 + n,
          position: position(this.events.length + 1),
          recordedAt,
        });
      return E.right({ revision: revision + events.length, position: position(this.events.length) });
    };
  }

  override async *readStream(stream: StreamName, { direction, limit }: ReadStreamOptions = {}) {
    const events = this.events.filter((event) => event.stream === stream);
    yield* (direction === 'backwards' ? events.reverse() : events).slice(0, limit);
  }

  override async *readAll() {
    yield* this.events;
  }

  override async *subscribe(): AsyncIterable<Batch> {
    yield { events: this.events, checkpoint: position(this.events.length), live: true };
  }

  override async head(): Promise<Position> {
    return position(this.events.length);
  }

  /** Changes what is stored at a place in the order of all events. */
  spoil(index: number, content: (stored: Content) => Content): void {
    const event = this.events[index]!;
    this.events[index] = { ...event, content: content(event.content) };
  }
}
