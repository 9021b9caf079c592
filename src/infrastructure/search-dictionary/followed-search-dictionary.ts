import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import * as E from 'fp-ts/lib/Either.js';
import { projected } from '../../application/projections/projection.js';
import { UnreadableEvent } from '../../application/aggregates/aggregates.js';
import {
  BadPosition,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '../../application/ports/event-store.js';
import { SearchDictionary, type Dictionary } from '../../application/ports/search-dictionary.js';
import { searchDictionaryEvents, type SearchDictionaryEvent } from '../../domain/search-dictionary/events.js';
import { searchDictionary, stopWords, synonymGroups } from '../../domain/search-dictionary/search-dictionary.js';

const filter = { types: searchDictionaryEvents.map(({ type }) => type) };

/**
 * The dictionary folded in memory from its events, which are few: from the beginning when the process starts, then as
 * they come. During an outage, and before an event that cannot be read, it stays as it is, and follows again by itself.
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
      try {
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (this.#position !== before) failures = 0;
        // Once, then now and again: an outage of a night does not fill the log.
        if (failures % 10 === 0) this.#logger.error(`stays as it is, will try again: ${reasonOf(error)}`);
        if (error instanceof BadPosition) this.#forget();
        await this.#pause(failures, signal);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const from = this.#position;
    for await (const batch of this.store.subscribe({ filter, signal, ...(from !== undefined && { from }) })) {
      for (const recorded of batch.events) this.#take(recorded);
      this.#position = batch.checkpoint;
    }
  }

  #take(recorded: RecordedEvent): void {
    const decoded = projected<SearchDictionaryEvent>(searchDictionaryEvents, recorded);
    if (E.isLeft(decoded)) throw new UnreadableEvent(recorded, decoded.left);
    this.#state = searchDictionary.evolve(this.#state, decoded.right.event);
    this.#revision = recorded.revision;
    this.#position = recorded.position;
    this.#dictionary = undefined;
  }

  /** The events have moved to another store. */
  #forget(): void {
    this.#state = searchDictionary.initial;
    this.#revision = undefined;
    this.#position = undefined;
    this.#dictionary = undefined;
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    const [first, longest] = this.retryMs;
    const ms = Math.min(first * 2 ** Math.min(failures, 20), longest);
    await sleep(ms / 2 + (Math.random() * ms) / 2, undefined, { signal }).catch(() => undefined);
  }
}

// Messages of other errors may repeat values.
const reasonOf = (error: unknown) =>
  error instanceof UnreadableEvent ? error.message : error instanceof Error ? error.name : typeof error;
