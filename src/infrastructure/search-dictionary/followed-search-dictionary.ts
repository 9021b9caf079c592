import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import * as E from 'fp-ts/lib/Either.js';
import { UnreadableEvent } from '../../application/aggregates/aggregates.js';
import { CITY } from '../../application/aggregates/facts.js';
import {
  BadPosition,
  streamName,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '../../application/ports/event-store.js';
import { SearchDictionary, type Dictionary } from '../../application/ports/search-dictionary.js';
import { projected } from '../../application/projections/projection.js';
import { searchDictionaryEvents, type SearchDictionaryEvent } from '../../domain/search-dictionary/events.js';
import { searchDictionary, stopWords, synonymGroups } from '../../domain/search-dictionary/search-dictionary.js';
import { QueryDictionary } from '../views/japanese/query-dictionary.js';

const stream = streamName(searchDictionary.category, CITY);
const filter = { types: searchDictionaryEvents.map(({ type }) => type) };

/**
 * The dictionary folded in memory from its one stream: as a whole when the process starts, then as events come. During an
 * outage, and before an event that cannot be read, it stays as it is, and follows again by itself.
 */
export class FollowedSearchDictionary extends SearchDictionary {
  readonly #logger = new Logger('SearchDictionary');
  readonly #stopping = new AbortController();
  readonly #following: Promise<void>;
  #state = searchDictionary.initial;
  #revision: number | undefined;
  #position: Position | undefined;
  /** Of the state, once it was asked for. */
  #dictionary: Dictionary | undefined;

  private constructor(
    private readonly store: EventStore,
    /** First and longest pause before following again. */
    private readonly retryMs: readonly [number, number],
  ) {
    super();
    this.#following = this.#supervise(this.#stopping.signal);
  }

  /** Begins at once; to be closed. */
  static follow(store: EventStore, retryMs: readonly [number, number] = [500, 10_000]): FollowedSearchDictionary {
    return new FollowedSearchDictionary(store, retryMs);
  }

  override current(): Dictionary {
    this.#dictionary ??= {
      synonyms: synonymGroups(this.#state),
      stopWords: stopWords(this.#state),
      ...(this.#revision !== undefined && { revision: this.#revision }),
    };
    return this.#dictionary;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
  }

  async #supervise(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const before = this.#position;
      const reason = await this.#follow(signal).then(() => 'the subscription ended', this.#failed);
      if (signal.aborted) return;
      if (this.#position !== before) failures = 0;
      // Once, then now and again: an outage of a night does not fill the log.
      if (failures % 10 === 0) this.#logger.error(`stays as it is, will try again: ${reason}`);
      await this.#pause(failures, signal);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    this.#position ??= await this.#readAll();
    for await (const { events, checkpoint } of this.store.subscribe({ from: this.#position, filter, signal })) {
      for (const recorded of events) this.#take(recorded);
      this.#position = checkpoint;
    }
  }

  /** The stream as it stands, and a position before which all is in; what is met again after it is passed over. */
  async #readAll(): Promise<Position> {
    const head = await this.store.head();
    for await (const recorded of this.store.readStream(stream)) this.#take(recorded);
    // Analysed now, when the process starts, and not when the first operator searches: 0.1 ms an expression.
    QueryDictionary.of(this.current());
    return head;
  }

  #take(recorded: RecordedEvent): void {
    const { revision, position } = recorded;
    if (this.#revision !== undefined && revision <= this.#revision) return;
    const decoded = projected<SearchDictionaryEvent>(searchDictionaryEvents, recorded);
    if (E.isLeft(decoded)) throw new UnreadableEvent(recorded, decoded.left);
    this.#state = searchDictionary.evolve(this.#state, decoded.right.event);
    this.#revision = revision;
    this.#dictionary = undefined;
    if (this.#position !== undefined) this.#position = position;
  }

  /** Where the events have moved to another store, all is read again. */
  #failed = (error: unknown): string => {
    if (error instanceof BadPosition) {
      this.#state = searchDictionary.initial;
      this.#revision = undefined;
      this.#position = undefined;
    }
    // Messages of other errors may repeat values.
    return error instanceof UnreadableEvent ? error.message : error instanceof Error ? error.name : typeof error;
  };

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    const [first, longest] = this.retryMs;
    const ms = Math.min(first * 2 ** Math.min(failures, 20), longest);
    await sleep(ms / 2 + (Math.random() * ms) / 2, undefined, { signal }).catch(() => undefined);
  }
}
