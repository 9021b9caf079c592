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
import { checkedAppend, type Serialised } from '../append-rules.js';
import { pragmas, schema } from './schema.js';
import { SqliteEventReader } from './sqlite-event-reader.js';

export interface SqliteEventStoreOptions {
  /** Made when absent. */
  readonly file: string;
  readonly clock: Clock;
}

type Result = E.Either<AppendError, Appended>;

interface Waiting {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: ReadonlyArray<Serialised>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Events in one SQLite file. Appends that come while the event loop turns are written in one transaction (group
 * commit), each with a conflict check of its own; none is acknowledged before that transaction is on disk.
 */
export class SqliteEventStore extends EventStore {
  private readonly reader: SqliteEventReader;
  private readonly lastOfStream: StatementSync;
  private readonly idsFrom: StatementSync;
  private readonly insert: StatementSync;
  private waiting: Waiting[] = [];
  private appended = Promise.withResolvers<void>();
  private closed = false;
  private lastRow: number;
  private lastRecordedAt: number;

  private constructor(
    private readonly db: DatabaseSync,
    private readonly clock: Clock,
  ) {
    super();
    this.reader = new SqliteEventReader(db);
    this.lastOfStream = db.prepare('SELECT max(revision) AS revision FROM events WHERE stream = ?');
    this.idsFrom = db.prepare(
      'SELECT id, position FROM events WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
    );
    this.insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const last = db.prepare('SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1').get();
    this.lastRow = (last?.['position'] as number | undefined) ?? 0;
    this.lastRecordedAt = (last?.['recorded_at'] as number | undefined) ?? 0;
  }

  static open({ file, clock }: SqliteEventStoreOptions): SqliteEventStore {
    const db = new DatabaseSync(file);
    db.exec(pragmas);
    transaction(db, () => db.exec(schema));
    return new SqliteEventStore(db, clock);
  }

  /** Resolves when what was appended is on disk, and every subscription has ended. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.flush();
    this.closed = true;
    this.appended.resolve();
    this.reader.close();
  }

  override append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyArray<NewEvent>,
  ): TaskEither<AppendError, Appended> {
    return async () => {
      const checked = checkedAppend(stream, events);
      if ('refused' in checked) return E.left(checked.refused);
      if (this.closed) throw new Error('the event store is closed');
      return new Promise<Result>((resolve, reject) => {
        if (this.waiting.length === 0) setImmediate(() => this.flush());
        this.waiting.push({ stream, expected, events: checked.serialised, resolve, reject });
      });
    };
  }

  override readStream(stream: StreamName, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    return this.reader.readStream(stream, options);
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    return this.reader.readAll(options);
  }

  override async *subscribe({ from, filter = {}, signal }: SubscribeOptions): AsyncGenerator<Batch> {
    let after = this.reader.positions.row(from, this.reader.headRow());
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (let first = true; !signal.aborted && !this.closed; first = false) {
      const next = this.appended.promise;
      const { reached, ...batch } = this.reader.batch(after, filter);
      if (reached > after || first) yield batch;
      after = reached;
      if (batch.live) await Promise.race([next, aborted]);
    }
  }

  override head(): Promise<Position> {
    return this.reader.head();
  }

  private flush(): void {
    const group = this.waiting;
    this.waiting = [];
    if (group.length === 0) return;
    const before = { row: this.lastRow, at: this.lastRecordedAt };
    let results: ReadonlyArray<Result>;
    try {
      results = transaction(this.db, () => group.map((append) => this.write(append)));
    } catch (error) {
      this.lastRow = before.row;
      this.lastRecordedAt = before.at;
      for (const { reject } of group) reject(error);
      return;
    }
    for (const [i, { resolve }] of group.entries()) resolve(results[i]!);
    if (this.lastRow > before.row) {
      this.appended.resolve();
      this.appended = Promise.withResolvers();
    }
  }

  private write({ stream, expected, events }: Waiting): Result {
    const current = (this.lastOfStream.get(stream)!['revision'] as number | null) ?? -1;
    const before = expected === 'none' ? -1 : expected;
    if (current !== before) {
      const repeated = this.repeated(stream, before, events);
      return repeated === undefined ? E.left({ _tag: 'conflict', stream, expected }) : E.right(repeated);
    }
    // A clock that jumps back must not bring disorder into what was recorded when.
    this.lastRecordedAt = Math.max(this.lastRecordedAt, epochMs(this.clock.now()));
    let revision = before;
    for (const { event, data, metadata } of events) {
      const keyId = event.content._tag === 'sealed' ? event.content.box.keyId : null;
      const { id, type } = event;
      this.insert.run(++this.lastRow, stream, ++revision, id, type, keyId, data, metadata, this.lastRecordedAt);
    }
    return E.right({ revision, position: this.reader.positions.of(this.lastRow) });
  }

  /** What the same events were answered with when they were stored at this very place. */
  private repeated(stream: StreamName, before: number, events: ReadonlyArray<Serialised>): Appended | undefined {
    const stored = this.idsFrom.all(stream, before, events.length);
    if (stored.length < events.length || stored.some(({ id }, i) => id !== events[i]!.event.id)) return undefined;
    const position = this.reader.positions.of(stored.at(-1)!['position'] as number);
    return { revision: before + events.length, position };
  }
}
