import { isSpanContextValid, SpanKind, type Span, type Tracer } from '@opentelemetry/api';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  categoryOf,
  EventStore,
  type AppendError,
  type Appended,
  type Batch,
  type ExpectedRevision,
  type FeedHealth,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamName,
  type SubscribeOptions,
} from '../../application/ports/event-store.js';
import { fail, inSpan, isTraced } from './spans.js';
import { traceparentOf } from './traceparent.js';

/**
 * An event store whose appends and reads are spans of whatever is under way. The events keep the span that stored
 * them, so that what follows from one can name it. Of a stream a span knows the category: its id may be a person's.
 */
export class TracedEventStore extends EventStore {
  constructor(
    private readonly inner: EventStore,
    private readonly tracer: Tracer,
  ) {
    super();
  }

  override append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyArray<NewEvent>,
  ): TaskEither<AppendError, Appended> {
    if (!isTraced()) return this.inner.append(stream, expected, events);
    const attributes = { 'madoguchi.stream.category': categoryOf(stream), 'madoguchi.events': events.length };
    return () =>
      inSpan(this.tracer, 'EventStore.append', { kind: SpanKind.CLIENT, attributes }, async (span) => {
        const appended = await this.inner.append(stream, expected, storedBy(span, events))();
        span.setAttribute('madoguchi.outcome', E.isRight(appended) ? 'done' : appended.left._tag);
        return appended;
      });
  }

  override readStream(stream: StreamName, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    const attributes = { 'madoguchi.stream.category': categoryOf(stream) };
    return this.read('EventStore.readStream', attributes, this.inner.readStream(stream, options));
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    return this.read('EventStore.readAll', {}, this.inner.readAll(options));
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<Batch> {
    return this.inner.subscribe(options);
  }

  override head(): Promise<Position> {
    return this.inner.head();
  }

  override feed(): FeedHealth {
    return this.inner.feed();
  }

  private async *read(
    name: string,
    attributes: Readonly<Record<string, string>>,
    events: AsyncIterable<RecordedEvent>,
  ): AsyncIterable<RecordedEvent> {
    if (!isTraced()) return yield* events;
    const span = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
    let count = 0;
    try {
      for await (const event of events) {
        count++;
        yield event;
      }
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.setAttribute('madoguchi.events', count);
      span.end();
    }
  }
}

const storedBy = (span: Span, events: ReadonlyArray<NewEvent>): ReadonlyArray<NewEvent> => {
  const context = span.spanContext();
  if (!isSpanContextValid(context)) return events;
  const traceparent = traceparentOf(context);
  return events.map((event) => ({ ...event, metadata: { ...event.metadata, traceparent } }));
};
