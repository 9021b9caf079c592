import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  categoryOf,
  EventStore,
  type AppendError,
  type Appended,
  type Batch,
  type Content,
  type ExpectedRevision,
  type FeedHealth,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type Reader,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamName,
  type SubscribeOptions,
} from '../../../application/ports/event-store.js';
import type { KeyLookup, KeyVault } from '../../../application/ports/key-vault.js';
import { checkedAppend } from '../append-rules.js';
import { BrokenSeal, open, seal } from './sealing.js';

/**
 * An event store whose streams of some categories hold personal data: each event of theirs is sealed whole before it
 * reaches the store within, under the stream's own key. Type, time, metadata and key id stay readable, so history
 * replays after an erasure.
 */
export class SealedEventStore extends EventStore {
  constructor(
    private readonly inner: EventStore,
    private readonly keys: KeyVault,
    private readonly categories: ReadonlySet<string>,
  ) {
    super();
  }

  /**
   * The key is made before the first event: an event whose key was lost in a crash would look like an outage for ever.
   * What every engine refuses is refused before that, so no key is made in vain.
   */
  override append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyArray<NewEvent>,
  ): TaskEither<AppendError, Appended> {
    if (!this.isSealed(stream)) return this.inner.append(stream, expected, events);
    return async () => {
      const checked = checkedAppend(stream, events);
      if (E.isLeft(checked)) return checked;
      const key = await this.keys.mint(stream);
      if (key._tag === 'erased') return E.left({ _tag: 'erased', stream });
      const sealed = events.map((event): NewEvent => {
        const { id, type, content } = event;
        if (content._tag === 'sealed') return event;
        return { ...event, content: { _tag: 'sealed', box: seal(key, { stream, id, type }, content.data) } };
      });
      key.key.fill(0);
      return this.inner.append(stream, expected, sealed)();
    };
  }

  /** Throws `UnknownKey` when a stream's events lost their key without an erasure, and `BrokenSeal`. */
  override readStream(stream: StreamName, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    const events = this.inner.readStream(stream, options);
    return options.reader !== undefined && this.isSealed(stream) ? this.opened(stream, events, options.reader) : events;
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    return this.inner.readAll(options);
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

  private isSealed(stream: StreamName): boolean {
    return this.categories.has(categoryOf(stream));
  }

  private async *opened(stream: StreamName, events: AsyncIterable<RecordedEvent>, reader: Reader) {
    let key: KeyLookup | undefined;
    try {
      for await (const event of events) {
        key ??= await this.keys.find(stream, reader);
        yield { ...event, content: contentUnder(key, event) };
      }
    } finally {
      if (key?._tag === 'resolved') key.key.fill(0);
    }
  }
}

const contentUnder = (key: KeyLookup, event: RecordedEvent): Content => {
  if (key._tag !== 'resolved') return { _tag: key._tag };
  if (event.content._tag !== 'sealed') throw new BrokenSeal(event, 'it is not sealed');
  return { _tag: 'plain', data: open(key, event, event.content.box) };
};
