import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as yieldToEventLoop, setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { type Batch, type EventStore, type Position } from '../../../application/ports/event-store.js';
import { Views, ViewUnavailable, type ViewName, type ViewStatus } from '../../../application/ports/views.js';
import type { Instant } from '../../../domain/kernel/time.js';
import { lagOf } from '../lag.js';
import { unknownPosition } from '../unknown-position.js';
import type { BuildView } from '../build/build.js';
import type { SqliteView } from './sqlite-view.js';
import { ViewSlot } from './view-slot.js';

/** Events taken in before the event loop gets its turn: an FAQ article takes some milliseconds to analyse. */
const SLICE = 8;
const SLICE_MS = 10;
const RETRY_MS = 1_000;

/**
 * The views in a folder of SQLite files, one subscription feeding them all. A view is built by `buildView` beside the
 * generation that answers, joins the subscription, and takes its place when it holds as much (docs/adr/0005).
 */
export class SqliteViews extends Views {
  readonly #slots = new Map<ViewName, ViewSlot>();
  readonly #stop = new AbortController();
  readonly #logger = new Logger('Views');
  #resubscribe = new AbortController();
  #builds: Promise<void> = Promise.resolve();
  #feeding: Promise<void> = Promise.resolve();

  constructor(
    private readonly folder: string,
    private readonly store: EventStore,
    private readonly views: ReadonlyArray<SqliteView>,
    private readonly buildView: BuildView,
  ) {
    super();
  }

  /** Opens what is there, begins the builds that are due, and stays subscribed until `close`. */
  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const isKnown = async (position: Position) => (await unknownPosition(this.store, position)) === undefined;
    for (const view of this.views) {
      const slot = await ViewSlot.open(this.folder, view, isKnown);
      this.#slots.set(slot.name, slot);
      if (slot.building !== undefined) this.#build(slot);
      else if (slot.current === undefined && (await this.#storeIsEmpty())) slot.beginEmpty();
      else if (slot.outdated && slot.beginBuild()) this.#build(slot);
    }
    this.#feeding = this.#feed();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#feeding, this.#builds]);
    for (const slot of this.#slots.values()) slot.close();
    this.#slots.clear();
  }

  /** The database to read a view from, valid until the caller awaits something. Throws `ViewUnavailable`. */
  read(name: ViewName): DatabaseSync {
    const { current } = this.#slot(name);
    if (current === undefined) throw new ViewUnavailable(name);
    return current.db;
  }

  async status(now: Instant): Promise<ReadonlyArray<ViewStatus>> {
    return Promise.all([...this.#slots.values()].map((slot) => this.#statusOf(slot, now)));
  }

  async waitFor(name: ViewName, position: Position, signal: AbortSignal): Promise<boolean> {
    const unknown = await unknownPosition(this.store, position);
    if (unknown !== undefined) throw unknown;
    const slot = this.#slot(name);
    if (slot.stopped) return false;
    if (slot.current?.position !== undefined && slot.current.position >= position) return true;
    return slot.waiters.wait(position, signal);
  }

  async positionOf(name: ViewName): Promise<Position | undefined> {
    return this.#slots.get(name)?.current?.position;
  }

  async rebuild(name: ViewName): Promise<void> {
    const slot = this.#slot(name);
    if (slot.beginBuild()) this.#build(slot);
  }

  #slot(name: ViewName): ViewSlot {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw new ViewUnavailable(name);
    return slot;
  }

  /** One build at a time: they share the disk and the cores with those who wait for an answer. */
  #build(slot: ViewSlot): void {
    this.#builds = this.#builds.then(() => this.#buildUntilDone(slot));
  }

  async #buildUntilDone(slot: ViewSlot): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const began = { at: performance.now(), done: undefined as number | undefined };
        const poisonedBy = await this.buildView(
          slot.name,
          slot.building!.file,
          (progress) => {
            began.done ??= progress.done;
            const seconds = (performance.now() - began.at) / 1_000;
            slot.progressed(progress, Math.round((progress.done - began.done) / seconds));
          },
          signal,
        );
        if (signal.aborted) return;
        slot.built(poisonedBy);
        if (poisonedBy !== undefined) {
          this.#logger.error(`${slot.name}: the rebuild stopped at ${poisonedBy.type} ${poisonedBy.eventId}`);
          if (slot.stopped) slot.waiters.giveUp();
        } else this.#resubscribe.abort();
        return;
      } catch (error) {
        if (!signal.aborted) this.#logger.error(`${slot.name}: the rebuild failed and is resumed: ${nameOf(error)}`);
        await this.#pause();
      }
    }
  }

  async #feed(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#resubscribe = new AbortController();
      const signal = AbortSignal.any([this.#stop.signal, this.#resubscribe.signal]);
      try {
        const positions = [...this.#slots.values()].flatMap((slot) => slot.positions);
        if (positions.length === 0) await once(signal, 'abort');
        else {
          const from = earliest(positions);
          const filter = {
            types: [...new Set(this.views.flatMap((v) => v.projection.events.map(({ type }) => type)))],
          };
          const options = { filter, signal, ...(from !== undefined && { from }) };
          for await (const batch of this.store.subscribe(options)) await this.#take(batch);
        }
      } catch (error) {
        if (signal.aborted) continue;
        this.#logger.error(`the subscription failed and is resumed: ${nameOf(error)}`);
        await this.#pause();
      }
    }
  }

  async #take({ events, checkpoint, live }: Batch): Promise<void> {
    let since = performance.now();
    for (let i = 0; i === 0 || i < events.length; i += SLICE) {
      const slice = events.slice(i, i + SLICE);
      const upTo = i + SLICE < events.length ? slice.at(-1)!.position : checkpoint;
      for (const slot of this.#slots.values()) {
        const before = slot.stopped;
        slot.take(slice, upTo);
        const { poisonedBy } = slot;
        if (!before && slot.stopped && poisonedBy !== undefined)
          this.#logger.error(`${slot.name} stopped at ${poisonedBy.type} ${poisonedBy.eventId}: ${poisonedBy.reason}`);
        if (performance.now() - since < SLICE_MS) continue;
        await yieldToEventLoop();
        since = performance.now();
      }
    }
    for (const slot of this.#slots.values()) slot.swapWhenLevel(live);
  }

  async #statusOf(slot: ViewSlot, now: Instant): Promise<ViewStatus> {
    const { current, poisonedBy, rebuildProgress } = slot;
    const answering = current === undefined ? 'building' : slot.building === undefined ? 'live' : 'rebuilding';
    return {
      view: slot.name,
      ...(current !== undefined && { version: current.version, events: current.events }),
      ...(current?.position !== undefined && { position: current.position }),
      state: slot.stopped ? 'stopped' : answering,
      ...(rebuildProgress !== undefined && { rebuild: rebuildProgress }),
      ...(poisonedBy !== undefined && { poisonedBy }),
      lag: await lagOf(this.store, current?.position, now),
    };
  }

  async #storeIsEmpty(): Promise<boolean> {
    for await (const _ of this.store.readAll({ limit: 1 })) return false;
    return true;
  }

  async #pause(): Promise<void> {
    await delay(RETRY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

/** The earliest position; `undefined`, the beginning, is earlier than all. */
const earliest = (positions: ReadonlyArray<Position | undefined>): Position | undefined =>
  positions.some((position) => position === undefined)
    ? undefined
    : (positions as ReadonlyArray<Position>).reduce((a, b) => (b < a ? b : a));

// Messages of errors may repeat values; names and codes do not.
const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
