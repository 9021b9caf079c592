import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Batch, EventStore, Position } from '../../../application/ports/event-store.js';
import type { BuildView } from '../build/build.js';
import { unknownPosition } from '../unknown-position.js';
import { failureOf, type Cluster } from './client.js';
import { versionOf, type ElasticView } from './elastic-view.js';
import { compareIndices, newIndexName, putTemplate } from './index-definition.js';
import { CheckpointMoved, ViewIndex } from './view-index.js';
import type { FoundIndex, ViewIndices } from './view-indices.js';

export interface FeederOptions {
  /** How long an index that nobody feeds any more is kept after another took its place. */
  readonly graceMs: number;
  /** How often indices are looked through: for a rebuild that was asked for, and for what may be dropped. */
  readonly lookMs: number;
  /** Between the batches of a view that is level, so that events gather and the cluster is not asked for each. */
  readonly gatherMs: number;
  /** First and longest pause after an outage. */
  readonly retryMs: readonly [number, number];
}

/**
 * Feeds the indices of one view, of this program's version of it: the one that answers, and the one that is built to
 * take its place. One process at a time does it; whatever fails, it begins again from what the indices say.
 */
export class ViewFeeder {
  readonly #logger = new Logger('Views');
  #resubscribe = new AbortController();
  #current: ViewIndex | undefined;
  #next: ViewIndex | undefined;
  #building: string | undefined;
  /** The build that came to an event that it cannot read: it is not tried again until this process begins anew. */
  #stopped: string | undefined;
  #failures = 0;
  /** What keeps it from feeding at present. */
  outage: string | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly view: ElasticView,
    private readonly indices: ViewIndices,
    private readonly store: EventStore,
    private readonly buildView: BuildView,
    private readonly options: FeederOptions,
  ) {}

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (this.#failures = 0; !signal.aborted; this.#failures++) {
      const ending = new AbortController();
      const both = AbortSignal.any([signal, ending.signal]);
      try {
        await this.#open();
        const work = [this.#feed(both), this.#keepHouse(both)];
        try {
          await Promise.race(work);
        } finally {
          ending.abort();
          await Promise.allSettled(work);
        }
      } catch (error) {
        if (signal.aborted) break;
        const outage = failureOf(error);
        if (outage !== this.outage) this.#logger.error(`${this.#name}: cannot be fed, will try again: ${outage}`);
        this.outage = outage;
        await this.#pause(signal);
      }
    }
    // From now on another process knows.
    this.outage = undefined;
  }

  get #name(): string {
    return this.view.projection.name;
  }

  /** What the indices say: which of this version answers, and which is to take its place. */
  async #open(): Promise<void> {
    await putTemplate(this.cluster, this.view);
    const own = (await this.indices.list()).filter(({ version }) => version === versionOf(this.view));
    const current = own.findLast(({ checkpoint }) => checkpoint?.ready === true);
    this.#current = current && (await this.#known(current));
    this.#next = undefined;
    this.#building = undefined;
    this.#stopped = undefined;
  }

  /** The index, if the store knows the position at which it stands; else it answers until another takes its place. */
  async #known({ index }: FoundIndex): Promise<ViewIndex | undefined> {
    // It may have been lost since it was listed: then another is built, and none begun under its name.
    const opened = await ViewIndex.find(this.cluster.client, this.view, index);
    const position = opened?.position;
    return position === undefined || (await unknownPosition(this.store, position)) === undefined ? opened : undefined;
  }

  async #feed(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#resubscribe = new AbortController();
      const until = AbortSignal.any([signal, this.#resubscribe.signal]);
      const fed = this.#fed;
      if (fed.length === 0) await once(until, 'abort').catch(() => undefined);
      else await this.#follow(fed, until);
    }
  }

  async #follow(fed: ReadonlyArray<ViewIndex>, signal: AbortSignal): Promise<void> {
    const from = earliest(fed.map(({ position }) => position));
    const filter = { types: fed[0]!.types };
    for await (const batch of this.store.subscribe({ filter, signal, ...(from !== undefined && { from }) })) {
      await this.#take(fed, batch);
      if (batch.live) await delay(this.options.gatherMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #take(fed: ReadonlyArray<ViewIndex>, { events, checkpoint, live }: Batch): Promise<void> {
    for (const index of fed) {
      if (index.poisonedBy !== undefined) continue;
      const poisonedBy = await index.take(events, checkpoint);
      if (poisonedBy === undefined) continue;
      const { type, eventId, reason } = poisonedBy;
      this.#logger.error(`${this.#name} stopped at ${type} ${eventId}: ${reason}`);
    }
    this.#thrives();
    await this.#swapWhenLevel(fed, live);
  }

  /** Puts the built index, if it was fed, in the place of the one before once it holds as much; `live`: all there is. */
  async #swapWhenLevel(fed: ReadonlyArray<ViewIndex>, live: boolean): Promise<void> {
    const next = this.#next;
    // A build may have ended while the others were fed.
    if (next === undefined || !fed.includes(next) || next.poisonedBy !== undefined) return;
    const before = this.#current?.position;
    if (!live && !(before !== undefined && next.position !== undefined && next.position >= before)) return;
    await next.markReady();
    await this.indices.show(next.name);
    this.#current = next;
    this.#next = undefined;
    this.#resubscribe.abort();
  }

  get #fed(): ReadonlyArray<ViewIndex> {
    return [this.#current, this.#next].filter((index) => index !== undefined);
  }

  /** Begins the builds that are due or asked for, says that its indices live, and drops what has had its time. */
  async #keepHouse(signal: AbortSignal): Promise<void> {
    let building: Promise<void> = Promise.resolve();
    for (;;) {
      const all = await this.indices.list();
      await this.#showLatest(all);
      for (const index of this.#fed) await index.touch(this.options.graceMs / 3);
      const isFree = this.#building === undefined && (this.#next === undefined || this.#next.poisonedBy !== undefined);
      const due = isFree ? this.#dueBuild(all) : undefined;
      if (due !== undefined) {
        this.#building = due;
        building = this.#build(due, signal);
        // Raced below; what is thrown before that ends all, and this with it.
        building.catch(() => undefined);
      }
      await this.#drop(all);
      const pause = delay(this.options.lookMs, true, { signal }).catch(() => false);
      // A build that fails ends all, and is resumed with it.
      await Promise.race([pause, building.then(() => pause)]);
      if (signal.aborted) return;
    }
  }

  /** The unfinished index of this version that was begun last; or the first one, unless a later program's answers. */
  #dueBuild(all: ReadonlyArray<FoundIndex>): string | undefined {
    const version = versionOf(this.view);
    const own = all.filter((found) => found.version === version);
    const last = own.at(-1);
    const later = all.some((found) => found.shown && compareIndices(found, { version, generation: Infinity }) > 0);
    if (last !== undefined && last.checkpoint?.ready !== true) {
      // The list may be older than what is fed by now.
      const isFed = this.#fed.some(({ name }) => name === last.index);
      return isFed || last.index === this.#stopped ? undefined : last.index;
    }
    if (this.#current !== undefined || later) return undefined;
    return newIndexName(this.cluster.prefix, this.#name, version, last);
  }

  async #build(index: string, signal: AbortSignal): Promise<void> {
    const poisonedBy = await this.buildView(this.view.projection.name, index, () => undefined, signal);
    if (signal.aborted) return;
    this.#thrives();
    this.#building = undefined;
    if (poisonedBy !== undefined) {
      this.#stopped = index;
      this.#logger.error(`${this.#name}: the rebuild stopped at ${poisonedBy.type} ${poisonedBy.eventId}`);
      return;
    }
    const next = await ViewIndex.find(this.cluster.client, this.view, index);
    if (signal.aborted) return;
    if (next === undefined) throw new CheckpointMoved(index);
    this.#next = next;
    this.#resubscribe.abort();
  }

  /**
   * What answers is made ready before the alias shows it: a crash in between is made good here. An index of a later
   * program must be level, since nobody may feed it.
   */
  async #showLatest(all: ReadonlyArray<FoundIndex>): Promise<void> {
    const ready = all.findLast(({ checkpoint }) => checkpoint?.ready === true);
    const shown = all.find((found) => found.shown);
    if (ready === undefined || (shown !== undefined && compareIndices(shown, ready) >= 0)) return;
    const isLevel = (shown?.checkpoint?.position ?? '') <= (ready.checkpoint?.position ?? '');
    if (isLevel || ready.index === this.#current?.name) await this.indices.show(ready.index);
  }

  async #drop(all: ReadonlyArray<FoundIndex>): Promise<void> {
    const shown = all.find((found) => found.shown);
    if (shown === undefined) return;
    const fed = new Set([...this.#fed.map(({ name }) => name), this.#building]);
    for (const found of all) {
      const idleMs = Date.now() - Date.parse(found.checkpoint?.fedAt ?? new Date().toISOString());
      if (compareIndices(found, shown) < 0 && !fed.has(found.index) && idleMs > this.options.graceMs) {
        this.#logger.log(`${this.#name}: drops ${found.index}, which nobody feeds any more`);
        // It is in nobody's way: a snapshot may hold it for now, or the privilege be missing.
        await this.indices
          .drop(found.index)
          .catch((error: unknown) => this.#logger.warn(`${found.index} cannot be dropped: ${failureOf(error)}`));
      }
    }
  }

  /** The cluster has taken what it was given. */
  #thrives(): void {
    this.#failures = 0;
    if (this.outage === undefined) return;
    this.#logger.log(`${this.#name}: fed again`);
    this.outage = undefined;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const [first, longest] = this.options.retryMs;
    const ms = Math.min(first * 2 ** Math.min(this.#failures, 20), longest);
    await delay(ms / 2 + (Math.random() * ms) / 2, undefined, { signal }).catch(() => undefined);
  }
}

/** The earliest position; `undefined`, the beginning, is earlier than all. */
const earliest = (positions: ReadonlyArray<Position | undefined>): Position | undefined =>
  positions.some((position) => position === undefined)
    ? undefined
    : (positions as ReadonlyArray<Position>).reduce((a, b) => (b < a ? b : a));
