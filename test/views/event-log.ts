import { once } from 'node:events';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  BadPosition,
  EventStore,
  streamName,
  type AppendError,
  type Appended,
  type Batch,
  type EventId,
  type FeedHealth,
  type Filter,
  type Position,
  type ReadAllOptions,
  type RecordedEvent,
  type StreamName,
  type SubscribeOptions,
} from '../../src/application/ports/event-store.js';
import type { Actor } from '../../src/domain/kernel/actor.js';
import type { DomainEvent } from '../../src/domain/kernel/event.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';

const operator = { subject: 'op-0001', role: 'operator' } as Actor;

/** The order of all events as the views read it: in memory, written by tests, with batches of any size. */
export class EventLog extends EventStore {
  readonly events: RecordedEvent[] = [];
  readonly #grown = new EventTarget();
  /** How many events the next batch of a subscription holds. */
  batchSize = () => 100;

  constructor(private readonly id = 'a') {
    super();
  }

  override feed(): FeedHealth {
    return { state: 'live', resumptions: 0, outages: 0 };
  }

  /** Writes a fact; each is recorded a second after the one before. */
  add(category: string, id: string, event: DomainEvent, by: { actor?: Actor; occurredAt?: Instant } = {}): Position {
    const stream = streamName(category, id);
    const n = this.events.length + 1;
    const recordedAt = instant(Date.UTC(2026, 3, 1) + n * 1_000);
    this.events.push({
      id: `e-${n}` as EventId,
      stream,
      revision: this.events.filter((other) => other.stream === stream).length,
      position: this.#position(n),
      type: event.type,
      content: { _tag: 'plain', data: event.data as never },
      recordedAt,
      metadata: {
        actor: by.actor ?? operator,
        commandId: `c-${n}`,
        commandDigest: '',
        causation: `c-${n}`,
        correlation: `c-${n}`,
        occurredAt: by.occurredAt ?? recordedAt,
        schemaVersion: 1,
      },
    });
    this.#grown.dispatchEvent(new Event('grown'));
    return this.#position(n);
  }

  override async head(): Promise<Position> {
    return this.#position(this.events.length);
  }

  override async *readAll({ from, filter, limit }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    yield* this.#after(this.#index(from), filter).slice(0, limit);
  }

  override async *subscribe({ from, filter, signal }: SubscribeOptions): AsyncIterable<Batch> {
    for (let index = this.#index(from); !signal.aborted;) {
      const end = Math.min(index + this.batchSize(), this.events.length);
      const events = this.#after(index, filter).filter(({ position }) => position <= this.#position(end));
      const live = end === this.events.length;
      index = end;
      yield { events, checkpoint: this.#position(end), live };
      // What was added while the batch was handled is not waited for.
      if (live && index === this.events.length) await once(this.#grown, 'grown', { signal }).catch(() => undefined);
    }
  }

  override append(): TaskEither<AppendError, Appended> {
    throw new Error('tests add facts themselves');
  }

  override async *readStream(stream: StreamName): AsyncIterable<RecordedEvent> {
    yield* this.events.filter((event) => event.stream === stream);
  }

  #position = (n: number) => `${this.id}-${String(n).padStart(12, '0')}` as Position;

  #index(from: Position | undefined): number {
    if (from === undefined) return 0;
    if (!from.startsWith(`${this.id}-`)) throw new BadPosition('foreign_position', 'of another store');
    const index = Number(from.slice(this.id.length + 1));
    if (index > this.events.length) throw new BadPosition('position_beyond_head', 'never given');
    return index;
  }

  #after(index: number, { types }: Filter = {}): ReadonlyArray<RecordedEvent> {
    return this.events.slice(index).filter(({ type }) => types === undefined || types.includes(type));
  }
}
