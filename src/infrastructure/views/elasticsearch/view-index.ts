import { errors, type Client, type estypes } from '@elastic/elasticsearch';
import * as E from 'fp-ts/lib/Either.js';
import type { Position, RecordedEvent } from '../../../application/ports/event-store.js';
import type { PoisonedBy } from '../../../application/ports/views.js';
import { applied, projected, type Projected } from '../../../application/projections/projection.js';
import type { Instant } from '../../../domain/kernel/time.js';
import type { BuildTarget } from '../build/build.js';
import { writeAll, type Write } from './bulk.js';
import { versionOf, type ElasticView } from './elastic-view.js';
import { CHECKPOINT } from './index-definition.js';

/** Where an index stands: a document of its own, so that a lost or restored index takes it along. */
export interface Checkpoint {
  readonly version: string;
  /** Everything up to here is in; absent: nothing is. */
  readonly position?: Position;
  /** Events taken in, all told; how many a second since its writer began; when the last of them was recorded. */
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly reached?: Instant;
  /** It has caught up once, and may answer. */
  readonly ready: boolean;
  /** When its writer wrote last, by that one's clock; what nobody feeds any more is dropped after a grace time. */
  readonly fedAt: string;
  readonly poisonedBy?: PoisonedBy;
}

/** Another process writes the index, or it was lost, or restored from a snapshot: begin again from what it says now. */
export class CheckpointMoved extends Error {
  constructor(index: string) {
    super(`${index} stands elsewhere than its writer left it`);
    this.name = 'CheckpointMoved';
  }
}

/** The cluster cannot read a document now, such as of an index whose shard is lost; the name says why. */
class Unreadable extends Error {
  constructor(type: string) {
    super(`a document cannot be read: ${type}`);
    this.name = type;
  }
}

/** An event to be taken in, and the documents that it may change. */
interface Incoming {
  readonly recorded: RecordedEvent;
  readonly projected: Projected;
  readonly keys: ReadonlyArray<string>;
}

interface Seen {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

interface Stored {
  readonly seen: Seen;
  readonly order: string;
  /** Absent: a tombstone. */
  readonly document?: unknown;
}

interface Folded {
  readonly stored?: Stored;
  readonly order: string;
  readonly document: unknown;
}

type Source = { readonly order: string; readonly document?: unknown; readonly checkpoint?: Checkpoint };

/**
 * One index of a view and its writer. Every document is written on the condition that it is still the one that was
 * read, and events that it has had already are passed over: a writer that was stalled, or says a thing twice, changes
 * nothing. What was removed stays as a tombstone, for the same reason. Throws `CheckpointMoved` and the client's errors;
 * then open it anew.
 */
export class ViewIndex implements BuildTarget {
  readonly batch = 5_000;
  readonly types: ReadonlyArray<string>;
  readonly #handles: ReadonlySet<string>;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #began = { at: performance.now(), events: 0 };

  private constructor(
    private readonly client: Client,
    readonly view: ElasticView,
    readonly name: string,
    private checkpoint: Checkpoint,
    private seen: Seen,
  ) {
    this.types = view.projection.events.map(({ type }) => type);
    this.#handles = new Set(this.types);
    this.#began.events = checkpoint.events;
  }

  /** Creates the index, unless it is there, and the checkpoint at its beginning, unless it has one. */
  static async open(client: Client, view: ElasticView, name: string): Promise<ViewIndex> {
    await create(client, name);
    const found = await ViewIndex.find(client, view, name);
    if (found !== undefined) return found;
    const checkpoint = { version: versionOf(view), events: 0, eventsPerSecond: 0, ready: false, fedAt: now() };
    // 409: another process has just begun it.
    await client.create(
      { index: name, id: CHECKPOINT, document: { kind: 'checkpoint', checkpoint } },
      { maxRetries: 0, ignore: [409] },
    );
    const begun = await ViewIndex.find(client, view, name);
    if (begun === undefined) throw new CheckpointMoved(name);
    return begun;
  }

  /** The index as it stands; nothing if it, or its checkpoint, is not there. */
  static async find(client: Client, view: ElasticView, name: string): Promise<ViewIndex | undefined> {
    const found = await client.get<Source>({ index: name, id: CHECKPOINT }, { ignore: [404] });
    if (!found.found) return undefined;
    // What stopped it is tried again: by a later program, or after the mapping was mended.
    const { poisonedBy: _, ...checkpoint } = found._source!.checkpoint!;
    return new ViewIndex(client, view, name, checkpoint, { seqNo: found._seq_no!, primaryTerm: found._primary_term! });
  }

  get position(): Position | undefined {
    return this.checkpoint.position;
  }

  get events(): number {
    return this.checkpoint.events;
  }

  get ready(): boolean {
    return this.checkpoint.ready;
  }

  get poisonedBy(): PoisonedBy | undefined {
    return this.checkpoint.poisonedBy;
  }

  take(batch: ReadonlyArray<RecordedEvent>, upTo: Position): Promise<PoisonedBy | undefined> {
    return this.#inTurn(() => this.#take(batch, upTo));
  }

  async #take(batch: ReadonlyArray<RecordedEvent>, upTo: Position): Promise<PoisonedBy | undefined> {
    const fresh = batch.filter(({ position }) => this.position === undefined || position > this.position);
    // Another index that is fed beside this one may be behind it.
    if (fresh.length === 0 && this.position !== undefined && upTo <= this.position) return undefined;
    const decoded = this.#readable(fresh.filter(({ type }) => this.#handles.has(type)));
    const poisonedBy = (await this.#write(decoded.events)) ?? decoded.poisonedBy;
    const reached = poisonedBy === undefined ? latest(upTo, fresh) : before(fresh, poisonedBy.position);
    const taken = decoded.events.filter(({ recorded }) => reached !== undefined && recorded.position <= reached);
    await this.#save({
      ...((reached ?? this.position) !== undefined && { position: reached ?? this.position! }),
      events: this.events + taken.length,
      ...(taken.length > 0 && { reached: taken.at(-1)!.recorded.recordedAt }),
      ...(poisonedBy !== undefined && { poisonedBy }),
    });
    return poisonedBy;
  }

  /** From now on it may answer, and what is written is found within a second. */
  async optimise(): Promise<void> {
    await this.client.indices.putSettings({ index: this.name, settings: { refresh_interval: '1s' } });
    await this.client.indices.refresh({ index: this.name });
  }

  async markReady(): Promise<void> {
    await this.#inTurn(() => this.#save({ ready: true }));
  }

  /** Notices when it was lost or restored though nothing came; says that it is fed, if not said for so long. */
  async touch(afterMs: number): Promise<void> {
    const isDue = Date.now() - Date.parse(this.checkpoint.fedAt) > afterMs;
    await this.#inTurn(async () => (isDue ? this.#save({}) : this.#load([])));
  }

  /** One write of the checkpoint after the other: each is conditional on the one before. */
  async #inTurn<A>(step: () => Promise<A>): Promise<A> {
    const turn = this.#turn.then(step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #readable(events: ReadonlyArray<RecordedEvent>): {
    readonly events: ReadonlyArray<Incoming>;
    readonly poisonedBy?: PoisonedBy;
  } {
    const { projection } = this.view;
    const readable: Incoming[] = [];
    for (const recorded of events) {
      const decoded = projected(projection.events, recorded);
      if (E.isLeft(decoded)) return { events: readable, poisonedBy: poison(recorded, decoded.left) };
      readable.push({ recorded, projected: decoded.right, keys: projection.keys(decoded.right) });
    }
    return { events: readable };
  }

  /** Writes what the events make of the documents; resolves with the first event that came to nothing, if any. */
  async #write(events: ReadonlyArray<Incoming>): Promise<PoisonedBy | undefined> {
    let open = new Set(events.flatMap(({ keys }) => keys));
    let poisonedBy: PoisonedBy | undefined;
    while (open.size > 0) {
      const { changed, stoppedBy } = this.#fold(events, open, await this.#load([...open]));
      const writes = [...changed].map(([key, folded]) => this.#writeOf(key, folded));
      const { conflicts, refused } = await writeAll(this.client, this.name, writes);
      poisonedBy = earlier(poisonedBy, stoppedBy);
      for (const { id, reason } of refused) {
        const own = events.filter(({ keys }) => keys.includes(id));
        const refusedBy = own.length === 1 ? poison(own[0]!.recorded, `its document is refused: ${reason}`) : undefined;
        poisonedBy = earlier(poisonedBy, refusedBy ?? (await this.#oneByOne(own)));
      }
      // Read and folded anew: on what somebody else wrote, or passed over if it was this very write.
      open = new Set(conflicts);
    }
    return poisonedBy;
  }

  /** Of a document that is refused, the event that makes it so. */
  async #oneByOne(events: ReadonlyArray<Incoming>): Promise<PoisonedBy | undefined> {
    for (const event of events) {
      const poisonedBy = await this.#write([event]);
      if (poisonedBy !== undefined) return poisonedBy;
    }
    return undefined;
  }

  /** The documents of the open keys after the events, of those that change. */
  #fold(
    events: ReadonlyArray<Incoming>,
    open: ReadonlySet<string>,
    stored: ReadonlyMap<string, Stored>,
  ): { readonly changed: ReadonlyMap<string, Folded>; readonly stoppedBy?: PoisonedBy } {
    const changed = new Map<string, Folded>();
    const documentOf = (key: string) => (changed.get(key) ?? stored.get(key))?.document;
    for (const { recorded, projected: event, keys } of events) {
      const { position: order } = recorded;
      const behind = keys.filter((key) => open.has(key) && (stored.get(key)?.order ?? '') < order);
      const after = applied(this.view.projection, event, behind, documentOf);
      if (E.isLeft(after)) return { changed, stoppedBy: poison(recorded, after.left) };
      for (const [key, document] of after.right) {
        const known = stored.get(key);
        // What never was needs no tombstone: no writer can have made it of these events.
        if (document === undefined && known === undefined && !changed.has(key)) continue;
        changed.set(key, { order, document, ...(known !== undefined && { stored: known }) });
      }
    }
    return { changed };
  }

  async #load(keys: ReadonlyArray<string>): Promise<ReadonlyMap<string, Stored>> {
    const { docs } = await this.client.mget<Source>({
      index: this.name,
      ids: [CHECKPOINT, ...keys],
      _source: ['order', 'document'],
    });
    const [checkpoint, ...documents] = docs.map(foundOf);
    if (checkpoint?._seq_no !== this.seen.seqNo || checkpoint._primary_term !== this.seen.primaryTerm)
      throw new CheckpointMoved(this.name);
    return new Map(
      documents.flatMap((found) =>
        found === undefined
          ? []
          : [
              [
                found._id,
                {
                  seen: { seqNo: found._seq_no!, primaryTerm: found._primary_term! },
                  order: found._source!.order,
                  ...(found._source!.document !== undefined && { document: found._source!.document }),
                },
              ],
            ],
      ),
    );
  }

  #writeOf(key: string, { stored, order, document }: Folded): Write {
    const source =
      document === undefined
        ? { kind: 'tombstone', key, order }
        : { kind: 'document', key, order, document, ...this.view.fields(document, key) };
    return { id: key, source: JSON.stringify(source), ...(stored !== undefined && { ifSeen: stored.seen }) };
  }

  async #save(changes: Partial<Checkpoint>): Promise<void> {
    const checkpoint = { ...this.checkpoint, ...changes, fedAt: now() };
    const seconds = (performance.now() - this.#began.at) / 1_000;
    const next = { ...checkpoint, eventsPerSecond: Math.round((checkpoint.events - this.#began.events) / seconds) };
    try {
      const { _seq_no, _primary_term } = await this.client.index({
        index: this.name,
        id: CHECKPOINT,
        if_seq_no: this.seen.seqNo,
        if_primary_term: this.seen.primaryTerm,
        document: { kind: 'checkpoint', checkpoint: next },
      });
      this.seen = { seqNo: _seq_no!, primaryTerm: _primary_term! };
      this.checkpoint = next;
    } catch (error) {
      if (error instanceof errors.ResponseError && error.statusCode === 409) throw new CheckpointMoved(this.name);
      throw error;
    }
  }
}

/** While it is built nobody searches it: what is written is not made searchable every second. */
const create = async (client: Client, index: string): Promise<void> => {
  try {
    await client.indices.create({ index, settings: { refresh_interval: '-1' }, wait_for_active_shards: 1 });
  } catch (error) {
    const { body } = error as { body?: { error?: { type?: string } } };
    if (body?.error?.type !== 'resource_already_exists_exception') throw error;
  }
};

const foundOf = (item: estypes.MgetResponseItem<Source>): estypes.GetGetResult<Source> | undefined => {
  if ('error' in item) {
    const { type } = item.error;
    throw type === 'index_not_found_exception' ? new CheckpointMoved(item._index) : new Unreadable(type);
  }
  return item.found ? item : undefined;
};

const now = (): string => new Date().toISOString();

const poison = ({ id: eventId, type, position }: RecordedEvent, reason: string): PoisonedBy => ({
  eventId,
  type,
  position,
  reason,
});

const earlier = (a: PoisonedBy | undefined, b: PoisonedBy | undefined): PoisonedBy | undefined =>
  a === undefined || (b !== undefined && b.position < a.position) ? b : a;

const latest = (upTo: Position, events: ReadonlyArray<RecordedEvent>): Position => {
  const last = events.at(-1)?.position;
  return last !== undefined && last > upTo ? last : upTo;
};

/** The position of the last event before another; absent: there is none among these. */
const before = (events: ReadonlyArray<RecordedEvent>, position: Position): Position | undefined =>
  events.findLast((event) => event.position < position)?.position;
