import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Position } from '../../../application/ports/event-store.js';
import type { Leases } from '../../../application/ports/leases.js';
import { Views, ViewUnavailable, type ViewName, type ViewStatus } from '../../../application/ports/views.js';
import type { Instant } from '../../../domain/kernel/time.js';
import type { BuildView } from '../build/build.js';
import { lagOf } from '../lag.js';
import { unknownPosition } from '../unknown-position.js';
import { failureOf, soon, type Cluster } from './client.js';
import { versionOf, type ElasticView } from './elastic-view.js';
import { CHECKPOINT, compareIndices, newIndexName } from './index-definition.js';
import { ViewFeeder, type FeederOptions } from './view-feeder.js';
import { ViewIndex, type Checkpoint } from './view-index.js';
import { ViewIndices, type FoundIndex } from './view-indices.js';
import { ViewReader } from './view-reader.js';

const defaults: FeederOptions = { graceMs: 600_000, lookMs: 2_000, gatherMs: 50, retryMs: [500, 30_000] };

/** How long a closing waits for what is under way. */
const CLOSE_MS = 5_000;

/** How often a waiting read asks where its view stands: first, and at most. */
const POLL_MS = [10, 100] as const;

interface Slot {
  readonly view: ElasticView;
  readonly indices: ViewIndices;
  readonly feeder: ViewFeeder;
  readonly reader: ViewReader;
  /** What the cluster said last of where it stands. */
  known?: Omit<ViewStatus, 'lag'>;
}

/**
 * The views in the indices of a cluster, shared by all processes; each view is fed by the process that owns its lease
 * (docs/adr/0014). A cluster that does not answer stops nothing but reads.
 */
export class ElasticViews extends Views {
  readonly #slots: ReadonlyMap<ViewName, Slot>;
  readonly #stop = new AbortController();
  #feeding: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly store: EventStore,
    views: ReadonlyArray<ElasticView>,
    buildView: BuildView,
    private readonly leases: Leases,
    options: Partial<FeederOptions> = {},
  ) {
    super();
    this.#slots = new Map(
      views.map((view): [ViewName, Slot] => {
        const { name } = view.projection;
        const indices = new ViewIndices(cluster, name);
        const feeder = new ViewFeeder(cluster, view, indices, store, buildView, { ...defaults, ...options });
        return [name, { view, indices, feeder, reader: new ViewReader(cluster.client, name, indices.alias) }];
      }),
    );
  }

  /** Feeds, from now on until `close`, the views whose leases this process owns. */
  start(): void {
    const { signal } = this.#stop;
    // The version is part of the name: while processes of two programs run, each feeds its own indices.
    const feeding = [...this.#slots].map(([name, { view, feeder }]) =>
      this.leases.hold(`view:${name}:${versionOf(view)}`, signal, (lease) => feeder.run(lease.signal)),
    );
    this.#feeding = Promise.all(feeding);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    // What a cluster that hangs was given may be left to it: every write is conditional.
    const ended = new AbortController();
    await Promise.race([this.#feeding, delay(CLOSE_MS, undefined, { signal: ended.signal }).catch(() => undefined)]);
    ended.abort();
  }

  read(name: ViewName): ViewReader {
    return this.#slot(name).reader;
  }

  async status(now: Instant): Promise<ReadonlyArray<ViewStatus>> {
    return Promise.all([...this.#slots.values()].map((slot) => this.#statusOf(slot, now)));
  }

  async waitFor(name: ViewName, position: Position, signal: AbortSignal): Promise<boolean> {
    const unknown = await unknownPosition(this.store, position);
    if (unknown !== undefined) throw unknown;
    const { indices } = this.#slot(name);
    for (let pause: number = POLL_MS[0]; !signal.aborted; pause = Math.min(pause * 2, POLL_MS[1])) {
      const shown = await this.#shown(indices, signal).catch(() => undefined);
      const isLevel = shown?.position !== undefined && shown.position >= position;
      if (isLevel && (await this.#refreshed(indices, signal))) return true;
      if (shown?.poisonedBy !== undefined) return false;
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  async positionOf(name: ViewName): Promise<Position | undefined> {
    return (await this.#shown(this.#slot(name).indices).catch(() => undefined))?.position;
  }

  /** Whichever process feeds the view finds the index that is begun here, and builds it. */
  async rebuild(name: ViewName): Promise<void> {
    const { client, prefix } = this.cluster;
    const { view, indices } = this.#slot(name);
    try {
      const version = versionOf(view);
      const last = (await indices.list()).findLast((found) => found.version === version);
      const isUnderWay = last !== undefined && last.unreadable === undefined && last.checkpoint?.ready !== true;
      if (isUnderWay && last.checkpoint?.poisonedBy === undefined) return;
      await ViewIndex.open(client, view, newIndexName(prefix, name, version, last));
    } catch (error) {
      throw new ViewUnavailable(name, failureOf(error));
    }
  }

  #slot(name: ViewName): Slot {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw new ViewUnavailable(name);
    return slot;
  }

  /** The checkpoint of the index that answers: read at once, without a search. */
  async #shown({ alias }: ViewIndices, signal?: AbortSignal): Promise<Checkpoint | undefined> {
    const { client } = this.cluster;
    const request = { index: alias, id: CHECKPOINT };
    const found = await client.get<{ readonly checkpoint: Checkpoint }>(request, {
      ...soon,
      ...(signal !== undefined && { signal }),
      ignore: [404],
    });
    return found.found ? found._source?.checkpoint : undefined;
  }

  async #refreshed({ alias }: ViewIndices, signal: AbortSignal): Promise<boolean> {
    return this.cluster.client.indices.refresh({ index: alias }, { ...soon, signal }).then(
      () => true,
      () => false,
    );
  }

  async #statusOf(slot: Slot, now: Instant): Promise<ViewStatus> {
    let outage = slot.feeder.outage;
    try {
      slot.known = statusOf(slot.view, await slot.indices.list());
    } catch (error) {
      outage = failureOf(error);
    }
    const known = slot.known ?? { view: slot.view.projection.name, state: 'building' as const };
    const lag = await lagOf(this.store, known.position, now);
    return { ...known, lag, ...(outage !== undefined && { outage }) };
  }
}

/** How a view stands by its indices alone: the same whoever asks. */
const statusOf = ({ projection }: ElasticView, all: ReadonlyArray<FoundIndex>): Omit<ViewStatus, 'lag'> => {
  const shown = all.findLast((found) => found.shown);
  const building = all.findLast(
    (found) =>
      found.unreadable === undefined &&
      found.checkpoint?.ready !== true &&
      (shown === undefined || compareIndices(found, shown) > 0),
  );
  const poisonedBy = shown?.checkpoint?.poisonedBy ?? building?.checkpoint?.poisonedBy;
  const isStopped =
    shown === undefined ? building?.checkpoint?.poisonedBy !== undefined : shown.checkpoint?.poisonedBy !== undefined;
  const answering = shown === undefined ? 'building' : building === undefined ? 'live' : 'rebuilding';
  const progress = building?.checkpoint;
  return {
    view: projection.name,
    ...(shown !== undefined && { version: shown.version }),
    ...(shown?.checkpoint !== undefined && { events: shown.checkpoint.events }),
    ...(shown?.checkpoint?.position !== undefined && { position: shown.checkpoint.position }),
    state: isStopped ? 'stopped' : answering,
    ...(shown?.unreadable !== undefined && { outage: shown.unreadable }),
    ...(building !== undefined && {
      rebuild: {
        done: progress?.events ?? 0,
        eventsPerSecond: progress?.eventsPerSecond ?? 0,
        ...(shown?.checkpoint !== undefined && { total: shown.checkpoint.events }),
        ...(progress?.reached !== undefined && { reached: progress.reached }),
        ...(progress?.poisonedBy !== undefined && { poisonedBy: progress.poisonedBy }),
      },
    }),
    ...(poisonedBy !== undefined && { poisonedBy }),
  };
};
