import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import pLimit from 'p-limit';
import type { Clock } from '../../../application/ports/clock.js';
import {
  BadPosition,
  EventStore,
  TruncatedStream,
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
} from '../../../application/ports/event-store.js';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import { checkedAppend } from '../append-rules.js';
import { StoreMoved, type Move, type StoreIdentity } from '../store-identity.js';
import { OutOfPlace, type OpenOptions, type TransferableStore } from '../store-transfer.js';
import { judged } from './append-answer.js';
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { HybridClock } from './hybrid-clock.js';
import { LiveTail, SUSPECT_AFTER } from './live-tail.js';
import { patiently, type Patience } from './patience.js';
import { Positions } from './position.js';
import { PageReader, type Page } from './reader.js';
import { runs } from './runs.js';
import { proposals, storeFacts } from './store-facts.js';
import { eventsMoved, identityOf, movesIn, STORE_STREAM } from './store-stream.js';
import { proposed } from './wire-event.js';

export interface KurrentDbOptions extends OpenOptions {
  /** `esdb://...`, see `Connection.to`. */
  readonly url: string;
  readonly clock: Clock;
  readonly times?: Partial<KurrentDbTimes>;
}

/** Milliseconds. */
export interface KurrentDbTimes {
  /** For one try of an append, and the longest silence in one try of a read. */
  readonly answerMs: number;
  readonly silenceMs: number;
  /** For how long and how often a call is tried. */
  readonly patience: Patience;
}

const usualTimes: KurrentDbTimes = {
  answerMs: 5_000,
  silenceMs: 10_000,
  patience: { totalMs: 20_000, pauseMs: [50, 2_000] },
};

/** A connection takes a hundred calls at a time; appends and the live feed have one each. */
const CALLS_AT_A_TIME = 80;
const BATCH_EVENTS = 500;

/**
 * Events in EventStoreDB or KurrentDB, for any number of processes. Calls are tried again while the outcome is unknown
 * or the server not ready, with the same event ids, so that nothing is stored twice.
 */
export class KurrentDbEventStore extends EventStore implements TransferableStore {
  readonly #tail: LiveTail;
  /** The last position that we know of. */
  #known: Position;

  private constructor(
    private readonly connection: Connection,
    private readonly appender: Appender,
    private readonly reader: PageReader,
    private readonly positions: Positions,
    private readonly clock: HybridClock,
    private readonly times: KurrentDbTimes,
    private readonly closing: AbortController,
    private readonly beginning: Position,
    readonly identity: StoreIdentity,
  ) {
    super();
    this.#known = beginning;
    const { silenceMs, patience } = times;
    const { signal } = closing;
    this.#tail = new LiveTail({ connection, positions, clock, silenceMs, pauseMs: patience.pauseMs, signal });
  }

  /**
   * Connects, and gives an empty store its id. Throws `StoreMisconfigured` at once, also for a store that holds events
   * of others, `StoreMoved`, and `StoreUnavailable` when there is no answer for as long as patience lasts.
   */
  static async open({ url, clock, times: given, evenIfMoved = false }: KurrentDbOptions): Promise<KurrentDbEventStore> {
    const times = { ...usualTimes, ...given };
    const connection = Connection.to(url);
    const closing = new AbortController();
    const appender = new Appender(() => connection.batchAppend(), times.answerMs);
    const hybrid = new HybridClock(clock);
    const limit = pLimit(CALLS_AT_A_TIME);
    const readerOf = (positions: Positions) =>
      new PageReader({ connection, positions, clock: hybrid, limit, silenceMs: times.silenceMs });
    try {
      const unnamed = new Positions({ id: '00000000', movedFrom: [] });
      const facts = await patiently(
        'opening the store',
        () => storeFacts(readerOf(unnamed), appender, hybrid, closing.signal),
        times.patience,
        closing.signal,
      );
      const identity = identityOf(facts);
      if (identity.movedTo !== undefined && !evenIfMoved) throw new StoreMoved(identity);
      const positions = new Positions(identity);
      const beginning = positions.of(unnamed.logPosition(facts[0]!.position));
      const reader = readerOf(positions);
      return new KurrentDbEventStore(
        connection,
        appender,
        reader,
        positions,
        hybrid,
        times,
        closing,
        beginning,
        identity,
      );
    } catch (error) {
      await appender.close();
      await connection.close();
      throw error;
    }
  }

  /** Ends the subscriptions and what is under way. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.appender.close();
    await this.#tail.ended();
    await this.connection.close();
  }

  override append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyArray<NewEvent>,
  ): TaskEither<AppendError, Appended> {
    return async () => {
      const checked = checkedAppend(stream, events);
      if (E.isLeft(checked)) return checked;
      if (this.closing.signal.aborted) throw new Error('the event store is closed');
      // Stamped once, before any try: a repeat must carry the same bytes.
      const recordedAt = this.clock.now();
      return this.#store(
        stream,
        expected,
        checked.right.map((event) => proposed(event, recordedAt)),
      );
    };
  }

  override async *readStream(stream: StreamName, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    const { direction = 'forwards', from, asOf, limit = Infinity } = options;
    const step = direction === 'forwards' ? 1 : -1;
    let next: number | 'end' = from === undefined ? (direction === 'forwards' ? 0 : 'end') : from + step;
    for (let left = limit; left > 0 && next !== -1;) {
      // As of a moment, later events that are read backwards count against no limit.
      const most = asOf === undefined ? left : Infinity;
      const at: number | 'end' = next;
      const page = await this.#patiently('a read', () =>
        this.reader.stream(stream, direction, at, most, this.closing.signal),
      );
      for (const event of page.events) {
        // Backwards, a read from beyond the end begins at the end.
        const isInPlace = direction === 'forwards' ? event.revision === next : next === 'end' || event.revision <= next;
        if (!isInPlace) throw new TruncatedStream(stream);
        next = event.revision + step;
        if (asOf !== undefined && event.recordedAt > asOf) {
          if (direction === 'forwards') return;
          continue;
        }
        yield event;
        if (--left === 0) return;
      }
      if (page.ended) {
        if (direction === 'backwards' && page.events.length > 0 && next !== -1) throw new TruncatedStream(stream);
        return;
      }
    }
  }

  override async *readAll({ from, filter, limit = Infinity }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    const begin = await this.#checked(from);
    const head = await this.head();
    const stopped = new AbortController();
    const signal = AbortSignal.any([this.closing.signal, stopped.signal]);
    const pageAfter = (after: Position, left: number): Promise<Page> => {
      const page = this.#patiently('a read', () =>
        filter === undefined
          ? this.reader.all(after, left, signal)
          : this.reader.matching(after, filter, Math.min(left, BATCH_EVENTS), head, signal),
      );
      // One that nobody takes any more may fail.
      page.catch(() => undefined);
      return page;
    };
    try {
      let next = limit > 0 && begin < head ? pageAfter(begin, limit) : undefined;
      for (let left = limit; next !== undefined;) {
        const { events, reached, ended } = await next;
        left -= events.length;
        // The server reads on while the consumer is at this page.
        next = ended || left <= 0 || reached >= head ? undefined : pageAfter(reached, left);
        for (const event of events) {
          if (event.position > head) return;
          yield event;
        }
      }
    } finally {
      stopped.abort();
    }
  }

  override async *subscribe({ from, filter = {}, signal: asked }: SubscribeOptions): AsyncGenerator<Batch> {
    const signal = AbortSignal.any([asked, this.closing.signal]);
    if (signal.aborted) return;
    let after = await this.#checked(from);
    this.#tail.start(await this.head());
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (let told: 'nothing' | 'behind' | 'live' = 'nothing'; !signal.aborted;) {
      const news = this.#tail.news();
      const isCovered = this.#tail.covers(after);
      const page = isCovered
        ? this.#tail.batch(after, filter, BATCH_EVENTS)
        : await this.#nextPage(after, filter, signal);
      if (page === undefined) return;
      const { events, reached, ended } = page;
      // Who stands at the last position that we know of has nothing to wait for, even while the feed is resumed.
      const live =
        ended && this.#tail.covers(reached) && reached >= (this.#tail.isLive ? this.#tail.reached : this.#known);
      if (reached > after || told === 'nothing' || (live && told !== 'live')) {
        yield { events, checkpoint: reached, live };
        told = live ? 'live' : 'behind';
      }
      after = reached;
      if (isCovered && ended) await Promise.race([news, aborted]);
    }
  }

  override async head(): Promise<Position> {
    const head = await this.#patiently('a read', () => this.reader.head(this.closing.signal));
    if (head !== undefined) this.#knows(head);
    return head ?? this.beginning;
  }

  /** One append for each run of events of one stream, one after the other: their order is the source's. */
  async takeOver(events: ReadonlyArray<RecordedEvent>): Promise<void> {
    for (const run of runs(events)) {
      const [first] = run;
      const { stream, revision } = first;
      const messages = run.flatMap((event) => proposals(stream, [event as NewEvent], event.recordedAt));
      const stored = await this.#store(stream, revision === 0 ? 'none' : revision - 1, messages);
      if (E.isLeft(stored)) throw new OutOfPlace(first);
    }
  }

  async note(move: Move): Promise<void> {
    const { events } = await this.#patiently('a read', () =>
      this.reader.stream(STORE_STREAM, 'forwards', 0, Infinity, this.closing.signal),
    );
    const last = movesIn(events).at(-1);
    if (last?.direction === move.direction && last.store === move.store) return;
    const messages = proposals(STORE_STREAM, [eventsMoved(move)], this.clock.now());
    const stored = await this.#store(STORE_STREAM, events.length - 1, messages);
    if (E.isLeft(stored)) throw new Error('another process writes to the store: stop it first');
  }

  override feed(): FeedHealth {
    return this.#tail.health();
  }

  async #store(
    stream: StreamName,
    expected: ExpectedRevision,
    messages: ReadonlyArray<BatchAppendReq.ProposedMessage>,
  ): Promise<E.Either<AppendError, Appended>> {
    const appended = await this.#patiently('an append', async () =>
      judged(await this.appender.append(stream, expected, messages), stream, expected, messages.length, this.positions),
    );
    if (E.isRight(appended)) this.#knows(appended.right.position);
    return appended;
  }

  /** The next page for a subscriber, however long it takes; nothing when it was aborted meanwhile. */
  async #nextPage(after: Position, filter: SubscribeOptions['filter'] & {}, signal: AbortSignal) {
    const head = this.#tail.reached;
    const endless = { ...this.times.patience, totalMs: Infinity };
    try {
      return await patiently(
        'a subscription',
        () => this.reader.matching(after, filter, BATCH_EVENTS, head, signal),
        endless,
        signal,
        this.#suspect,
      );
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  /** The position to begin after. Throws `BadPosition`. */
  async #checked(from: Position | undefined): Promise<Position> {
    if (from === undefined) return this.beginning;
    this.positions.logPosition(from);
    if (from > this.#known && from > (await this.head()))
      throw new BadPosition('position_beyond_head', 'the position lies beyond the last event');
    return from;
  }

  #knows(position: Position): void {
    if (position > this.#known) this.#known = position;
  }

  #patiently<A>(what: string, attempt: () => Promise<A>): Promise<A> {
    return patiently(what, attempt, this.times.patience, this.closing.signal, this.#suspect);
  }

  readonly #suspect = (_: unknown, failures: number): void => {
    if (failures % SUSPECT_AFTER === 0) this.connection.renew();
  };
}
