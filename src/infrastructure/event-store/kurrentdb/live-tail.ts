import { setImmediate } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { FeedHealth, Filter, Position, RecordedEvent } from '../../../application/ports/event-store.js';
import { collect } from './collect.js';
import type { Connection } from './connection.js';
import { isSlowConsumer, portError } from './failures.js';
import type { HybridClock } from './hybrid-clock.js';
import { pauseAfter, type Patience } from './patience.js';
import type { Positions } from './position.js';
import { matches, subscriptionRequest } from './requests.js';
import { STORE_STREAM } from './store-stream.js';
import { recorded, streamOf } from './wire-event.js';

// What the slowest reader may lag behind before it reads pages by itself again.
const KEPT_EVENTS = 5_000;
const KEPT_BYTES = 16 * 1_048_576;
/** Failures in a row after which the client itself is suspect. */
export const SUSPECT_AFTER = 3;

export interface TailMeans {
  readonly connection: Connection;
  readonly positions: Positions;
  readonly clock: HybridClock;
  readonly silenceMs: number;
  readonly pauseMs: Patience['pauseMs'];
  /** Ends it. */
  readonly signal: AbortSignal;
}

interface Kept {
  readonly event: RecordedEvent;
  readonly bytes: number;
}

/**
 * The one live subscription of a process: takes everything but the server's own events as fast as it comes, keeps the
 * last of it, and feeds every subscriber from that. After any break it goes on where it stood.
 */
export class LiveTail {
  readonly #logger = new Logger('EventStore');
  #kept: Kept[] = [];
  #bytes = 0;
  /** Everything after `#floor` up to `#reached` is kept. */
  #floor: Position | undefined;
  #reached = '' as Position;
  #state: FeedHealth['state'] = 'catching-up';
  #resumptions = 0;
  #outages = 0;
  #lastError: string | undefined;
  #failures = 0;
  #news = Promise.withResolvers<void>();
  #telling = false;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly means: TailMeans) {}

  /** Begins after a position at the store's head; later calls change nothing. */
  start(head: Position): void {
    if (this.#floor !== undefined) return;
    this.#floor = head;
    this.#reached = head;
    this.#running = this.#supervise();
  }

  /** Resolves when it has ended. */
  async ended(): Promise<void> {
    await this.#running;
  }

  get reached(): Position {
    return this.#reached;
  }

  /** Whether it holds everything that came after a position. */
  covers(after: Position): boolean {
    return this.#floor !== undefined && after >= this.#floor;
  }

  /** What it holds after a position that it covers. */
  batch(after: Position, filter: Filter, most: number) {
    const events: RecordedEvent[] = [];
    for (let i = this.#firstAfter(after); i < this.#kept.length; i++) {
      const { event } = this.#kept[i]!;
      if (!matches(filter, event)) continue;
      events.push(event);
      if (events.length === most) return { events, reached: event.position, ended: i === this.#kept.length - 1 };
    }
    return { events, reached: after < this.#reached ? this.#reached : after, ended: true };
  }

  get isLive(): boolean {
    return this.#state === 'live';
  }

  /** Resolves at the next change of any kind. */
  news(): Promise<void> {
    return this.#news.promise;
  }

  health(): FeedHealth {
    return {
      state: this.#state,
      resumptions: this.#resumptions,
      outages: this.#outages,
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    };
  }

  async #supervise(): Promise<void> {
    const { signal, connection, pauseMs } = this.means;
    while (!signal.aborted) {
      try {
        await this.#follow();
        throw new Error('the server ended the subscription');
      } catch (error) {
        if (signal.aborted) break;
        if (isSlowConsumer(error)) {
          this.#resumptions++;
          this.#become('catching-up');
          continue;
        }
        this.#failed(error);
        if (this.#failures % SUSPECT_AFTER === 0) connection.renew();
        await delay(pauseAfter(this.#failures, pauseMs), undefined, { signal }).catch(() => undefined);
      }
    }
    this.#tell();
  }

  async #follow(): Promise<void> {
    const { connection, positions, silenceMs, signal } = this.means;
    const request = subscriptionRequest(positions.logPosition(this.#reached), {});
    let isConfirmed = false;
    const take = (message: ReadResp): 'more' => {
      const wire = message.getEvent()?.getEvent();
      if (wire !== undefined) this.#take(wire);
      else if (message.hasCaughtUp()) this.#caughtUp();
      else if (message.hasFellBehind()) this.#become('catching-up');
      isConfirmed = true;
      return 'more';
    };
    // A subscription that is confirmed may have nothing to tell for hours; the transport's pings find a dead server.
    await collect(() => connection.read(request), take, { silenceMs, mayBeSilent: () => isConfirmed, signal });
  }

  #take(wire: ReadResp.ReadEvent.RecordedEvent): void {
    if (streamOf(wire) === STORE_STREAM) return;
    const event = recorded(wire, this.means.positions);
    if (event.position <= this.#reached) return;
    this.means.clock.seen(event.recordedAt);
    const bytes = wire.getData_asU8().length;
    this.#kept.push({ event, bytes });
    this.#bytes += bytes;
    this.#reached = event.position;
    // By halves, so that an event costs no move of all the others.
    if (this.#kept.length > KEPT_EVENTS || this.#bytes > KEPT_BYTES) this.#forgetHalf();
    this.#tell();
  }

  #forgetHalf(): void {
    const gone = this.#kept.splice(0, Math.ceil(this.#kept.length / 2));
    this.#floor = gone.at(-1)!.event.position;
    this.#bytes -= gone.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #caughtUp(): void {
    if (this.#failures > 0) this.#logger.log('the subscription goes on where it stood');
    this.#failures = 0;
    this.#become('live');
  }

  #failed(error: unknown): void {
    this.#failures++;
    this.#outages++;
    this.#lastError = portError(error, 'the subscription').message;
    // An outage that lasts all night does not fill the log.
    if (this.#failures === 1 || this.#failures % 10 === 0)
      this.#logger.warn(`${this.#lastError}; failed ${this.#failures} times, is resumed`);
    this.#become('broken');
  }

  #become(state: FeedHealth['state']): void {
    this.#state = state;
    this.#tell();
  }

  /** Once for all that came in one turn of the event loop. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      const told = this.#news;
      this.#news = Promise.withResolvers();
      told.resolve();
    });
  }

  #firstAfter(after: Position): number {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle]!.event.position > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
