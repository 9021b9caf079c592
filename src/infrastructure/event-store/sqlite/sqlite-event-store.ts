import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../../application/ports/clock.js';
import {
  EventStore,
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
import { epochMs } from '../../../domain/kernel/time.js';
import { transaction } from '../../sqlite/transaction.js';
import { checkedAppend, type SerialisedEvent } from '../append-rules.js';
import { columns } from './event-row.js';
import { OutOfPlace, type OpenOptions, type TransferableStore } from '../store-transfer.js';
import { StoreMoved, type Move, type StoreIdentity } from '../store-identity.js';
import { prepareEvents, storedIdentity } from './schema.js';
import { SqliteEventReader } from './sqlite-event-reader.js';
import { subscription, type CommitListeners } from './subscription.js';

export interface SqliteEventStoreOptions extends OpenOptions {
  /** Made when absent, for its owner only. */
  readonly file: string;
  readonly clock: Clock;
}

type Result = E.Either<AppendError, Appended>;

interface PendingAppend {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: ReadonlyArray<SerialisedEvent>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Events in one SQLite file, written by one process. Appends that come in one turn of the event loop are written in one
 * transaction (group commit), each with a conflict check of its own; none is answered before that transaction is on
 * disk. When it fails, all of them reject and nothing is stored.
 */
export class SqliteEventStore extends EventStore implements TransferableStore {
  private readonly reader: SqliteEventReader;
  private readonly selectRevision: StatementSync;
  private readonly selectIds: StatementSync;
  private readonly insert: StatementSync;
  private readonly commits: CommitListeners = new Set();
  private readonly closing = new AbortController();
  private pending: PendingAppend[] = [];
  private lastRow: number;
  private lastRecordedAt: number;

  private constructor(
    private readonly db: DatabaseSync,
    private readonly clock: Clock,
    readonly identity: StoreIdentity,
  ) {
    super();
    this.reader = new SqliteEventReader(db);
    this.selectRevision = db.prepare('SELECT max(revision) AS revision FROM events WHERE stream = ?');
    this.selectIds = db.prepare(
      'SELECT id, position FROM events WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
    );
    this.insert = db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const last = db.prepare('SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1').get();
    this.lastRow = (last?.['position'] as number | undefined) ?? 0;
    this.lastRecordedAt = (last?.['recorded_at'] as number | undefined) ?? 0;
  }

  /** Throws `StoreMoved`, and when a newer program wrote the file. */
  static open({ file, clock, evenIfMoved = false }: SqliteEventStoreOptions): SqliteEventStore {
    // SQLite itself would make a file that everyone can read; its log takes over the mode.
    closeSync(openSync(file, 'a', 0o600));
    const db = new DatabaseSync(file);
    try {
      prepareEvents(db);
      const identity = storedIdentity(db);
      if (identity.movedTo !== undefined && !evenIfMoved) throw new StoreMoved(identity);
      return new SqliteEventStore(db, clock, identity);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Resolves when what was appended is on disk; ends the subscriptions. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.commit();
    this.closing.abort();
    this.db.close();
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
      return new Promise<Result>((resolve, reject) => {
        if (this.pending.length === 0) setImmediate(() => this.commit());
        this.pending.push({ stream, expected, events: checked.right, resolve, reject });
      });
    };
  }

  override readStream(stream: StreamName, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    return this.reader.readStream(stream, options);
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    return this.reader.readAll(options);
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<Batch> {
    const signal = AbortSignal.any([options.signal, this.closing.signal]);
    return subscription(this.reader, this.commits, { ...options, signal });
  }

  override head(): Promise<Position> {
    return this.reader.head();
  }

  /** Subscriptions read the file itself: there is nothing between that could break. */
  override feed(): FeedHealth {
    return { state: 'live', resumptions: 0, outages: 0 };
  }

  async takeOver(events: ReadonlyArray<RecordedEvent>): Promise<void> {
    const { lastRow } = this;
    try {
      transaction(this.db, () => {
        for (const event of events) {
          const last = (this.selectRevision.get(event.stream)!['revision'] as number | null) ?? -1;
          const checked = checkedAppend(event.stream, [event as NewEvent]);
          if (last !== event.revision - 1 || E.isLeft(checked)) throw new OutOfPlace(event);
          this.insertAt(event.stream, event.revision, checked.right[0]!, epochMs(event.recordedAt));
        }
      });
    } catch (error) {
      this.lastRow = lastRow;
      throw error;
    }
    this.lastRecordedAt = Math.max(this.lastRecordedAt, ...events.map(({ recordedAt }) => epochMs(recordedAt)));
  }

  async note({ direction, store }: Move): Promise<void> {
    transaction(this.db, () => {
      const last = this.db.prepare('SELECT direction, store FROM moves ORDER BY rowid DESC LIMIT 1').get();
      if (last?.['direction'] === direction && last['store'] === store) return;
      this.db.prepare('INSERT INTO moves (direction, store) VALUES (?, ?)').run(direction, store);
    });
  }

  private commit(): void {
    const group = this.pending;
    if (group.length === 0) return;
    this.pending = [];
    const { lastRow } = this;
    let results: ReadonlyArray<Result>;
    try {
      results = transaction(this.db, () => group.map((append) => this.write(append)));
    } catch (error) {
      this.lastRow = lastRow;
      for (const { reject } of group) reject(error);
      return;
    }
    for (const [i, { resolve }] of group.entries()) resolve(results[i]!);
    if (this.lastRow > lastRow) for (const tell of this.commits) tell();
  }

  private write({ stream, expected, events }: PendingAppend): Result {
    const before = expected === 'none' ? -1 : expected;
    const current = (this.selectRevision.get(stream)!['revision'] as number | null) ?? -1;
    if (current !== before) {
      const repeated = this.repeated(stream, before, events);
      return repeated === undefined ? E.left({ _tag: 'conflict', stream, expected }) : E.right(repeated);
    }
    // A clock that jumps back must not bring disorder into what was recorded when.
    this.lastRecordedAt = Math.max(this.lastRecordedAt, epochMs(this.clock.now()));
    let revision = before;
    for (const event of events) this.insertAt(stream, ++revision, event, this.lastRecordedAt);
    return E.right({ revision, position: this.reader.position(this.lastRow) });
  }

  private insertAt(
    stream: StreamName,
    revision: number,
    { event, data, metadata }: SerialisedEvent,
    recordedMs: number,
  ) {
    const { id, type, content } = event;
    const keyId = content._tag === 'sealed' ? content.box.keyId : null;
    this.insert.run(++this.lastRow, stream, revision, id, type, keyId, data, metadata, recordedMs);
  }

  /** What the same events were answered with when they were stored at this very place. */
  private repeated(stream: StreamName, before: number, events: ReadonlyArray<SerialisedEvent>): Appended | undefined {
    const stored = this.selectIds.all(stream, before, events.length);
    if (stored.length < events.length || stored.some(({ id }, i) => id !== events[i]!.event.id)) return undefined;
    const position = this.reader.position(stored.at(-1)!['position'] as number);
    return { revision: before + events.length, position };
  }
}
