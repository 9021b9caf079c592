import type { LimitFunction } from 'p-limit';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  BadPosition,
  TruncatedStream,
  type Filter,
  type Position,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamName,
} from '../../../application/ports/event-store.js';
import { collect } from './collect.js';
import type { Connection } from './connection.js';
import { isDeletedStream, isHandlerFailure, isUnknownPlace } from './failures.js';
import type { HybridClock } from './hybrid-clock.js';
import type { Positions } from './position.js';
import { allRequest, headRequest, matches, matchesNothing, streamRequest, subscriptionRequest } from './requests.js';
import { STORE_STREAM } from './store-stream.js';
import { recorded, streamOf } from './wire-event.js';

// What is held in memory, and how long a call stays open: nothing is open between two pages, however slow the reader.
const PAGE_EVENTS = 1_000;
const PAGE_BYTES = 8 * 1_048_576;
const PAGE_MS = 2_000;

/** Some of what follows a position. */
export interface Page {
  readonly events: ReadonlyArray<RecordedEvent>;
  /** Everything up to here that matches was given. */
  readonly reached: Position;
  /** There was nothing more when the page was read. */
  readonly ended: boolean;
}

export interface ReaderMeans {
  readonly connection: Connection;
  readonly positions: Positions;
  readonly clock: HybridClock;
  /** Keeps the calls open at one time below what a connection has. */
  readonly limit: LimitFunction;
  readonly silenceMs: number;
}

/** Reads pages over one call each. Each method makes one try. */
export class PageReader {
  constructor(private readonly means: ReaderMeans) {}

  /** The last event's position, be it what the store says of itself; `undefined` while there is none at all. */
  async head(signal: AbortSignal): Promise<Position | undefined> {
    let head: Position | undefined;
    await this.#call(headRequest(), signal, (wire) => {
      head = this.#recorded(wire).position;
      return 'more';
    });
    return head;
  }

  /** What follows a position, the server's own events left out. Throws `BadPosition` for one that never was. */
  async all(after: Position, most: number, signal: AbortSignal): Promise<Page> {
    const count = Math.min(most, PAGE_EVENTS);
    const events: RecordedEvent[] = [];
    let bytes = 0;
    let seen = 0;
    let reached = after;
    try {
      // One more, since the server gives the event at the position once again.
      await this.#call(allRequest(this.means.positions.logPosition(after), count + 1), signal, (wire) => {
        seen++;
        const event = this.#recorded(wire);
        if (event.position <= after) return 'more';
        reached = event.position;
        if (event.stream === STORE_STREAM) return 'more';
        events.push(event);
        bytes += wire.getData_asU8().length;
        return bytes < PAGE_BYTES && events.length < count ? 'more' : 'enough';
      });
    } catch (error) {
      if (isUnknownPlace(error)) throw new BadPosition('foreign_position', 'the position is none of this event store');
      throw error;
    }
    const isFull = events.length === count || bytes >= PAGE_BYTES;
    return { events, reached, ended: !isFull && seen <= count };
  }

  /**
   * What follows a position and matches a filter, which the server applies and tells how far it has come. `head`: a
   * position that the store had reached before; a page that ends stands there at least.
   */
  async matching(after: Position, filter: Filter, most: number, head: Position, signal: AbortSignal): Promise<Page> {
    if (matchesNothing(filter)) return { events: [], reached: later(after, head), ended: true };
    const { positions } = this.means;
    const began = performance.now();
    const events: RecordedEvent[] = [];
    let reached = after;
    let bytes = 0;
    let ended = false;
    let heard = false;
    const take = (message: ReadResp): 'enough' | 'more' => {
      heard ||= message.hasEvent() || message.hasCheckpoint() || message.hasCaughtUp();
      if (message.hasCaughtUp()) {
        ended = true;
        reached = later(reached, head);
        return 'enough';
      }
      const checkpoint = message.getCheckpoint();
      if (checkpoint !== undefined) {
        const commit = checkpoint.getCommitPosition();
        const place = positions.of({ commit, prepare: checkpoint.getPreparePosition() });
        // Beyond the head as we know it may lie the server's own events, where no position of ours points.
        if (place <= head) reached = later(reached, place);
        // Who waits for a position hears of it also while little matches.
        return performance.now() - began > PAGE_MS && reached > after ? 'enough' : 'more';
      }
      const wire = message.getEvent()?.getEvent();
      if (wire === undefined || streamOf(wire) === STORE_STREAM) return 'more';
      if (wire.getMetadataMap().get('type')!.startsWith('$')) return 'more';
      const event = this.#recorded(wire);
      reached = later(reached, event.position);
      if (!matches(filter, event)) return 'more';
      events.push(event);
      bytes += wire.getData_asU8().length;
      return events.length < most && bytes < PAGE_BYTES ? 'more' : 'enough';
    };
    try {
      await this.#messages(subscriptionRequest(positions.logPosition(after), filter), signal, take);
    } catch (error) {
      // A subscription at a place that is none fails without saying so; a read says it.
      if (isHandlerFailure(error) && !heard) await this.all(after, 1, signal);
      throw error;
    }
    return { events, reached, ended };
  }

  /** A stream's events from a revision on, which is included. Throws `TruncatedStream`. */
  async stream(
    stream: StreamName,
    direction: NonNullable<ReadStreamOptions['direction']>,
    from: number | 'end',
    most: number,
    signal: AbortSignal,
  ): Promise<{ readonly events: ReadonlyArray<RecordedEvent>; readonly ended: boolean }> {
    const count = Math.min(most, PAGE_EVENTS);
    const events: RecordedEvent[] = [];
    let bytes = 0;
    try {
      await this.#call(streamRequest(stream, direction, from, count), signal, (wire) => {
        events.push(this.#recorded(wire));
        bytes += wire.getData_asU8().length;
        return bytes < PAGE_BYTES ? 'more' : 'enough';
      });
    } catch (error) {
      if (isDeletedStream(error)) throw new TruncatedStream(stream);
      throw error;
    }
    return { events, ended: events.length < count && bytes < PAGE_BYTES };
  }

  #recorded(wire: ReadResp.ReadEvent.RecordedEvent): RecordedEvent {
    const event = recorded(wire, this.means.positions);
    this.means.clock.seen(event.recordedAt);
    return event;
  }

  #call(
    request: ReadReq,
    signal: AbortSignal,
    take: (event: ReadResp.ReadEvent.RecordedEvent) => 'enough' | 'more',
  ): Promise<void> {
    return this.#messages(request, signal, (message) => {
      const event = message.getEvent()?.getEvent();
      return event === undefined ? 'more' : take(event);
    });
  }

  #messages(request: ReadReq, signal: AbortSignal, take: (message: ReadResp) => 'enough' | 'more'): Promise<void> {
    const { connection, limit, silenceMs } = this.means;
    return limit(() => collect(() => connection.read(request), take, { silenceMs, signal }));
  }
}

const later = (a: Position, b: Position): Position => (a < b ? b : a);
