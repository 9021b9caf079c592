import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Position, RecordedEvent } from '../../../application/ports/event-store.js';
import type { PoisonedBy } from '../../../application/ports/views.js';
import { applied, projected } from '../../../application/projections/projection.js';
import { transaction } from '../../sqlite/transaction.js';
import type { BuildTarget } from '../build/build.js';
import { prepared } from './prepared.js';
import { versionOf, type DocumentIndex, type SqliteView } from './sqlite-view.js';

interface Checkpoint {
  readonly version: string;
  /** 1: it has caught up once, and answers. */
  readonly ready: number;
  readonly position: Position | null;
  readonly events: number;
}

/** A position that others' events moved is saved now and then: what a crash loses is read once more. */
const SAVED_AFTER = 500;

/**
 * A view can be built again: NORMAL may lose the last transactions with the power, but never tears one. The cache, in
 * KiB, holds the pages of an index that searches come back to.
 */
const pragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  PRAGMA cache_size = -32768;
`;

const noIndex: DocumentIndex<unknown> = { put: () => undefined, remove: () => undefined };

/**
 * One build of a view: its documents, what its queries need and the position they stand at, in a file of its own.
 * One thread writes it. An outage of the disk throws and leaves documents and position as they were.
 */
export class Generation implements BuildTarget {
  readonly batch = 2_000;
  readonly version: string;
  readonly types: ReadonlyArray<string>;
  readonly #handles: ReadonlySet<string>;
  readonly #index: DocumentIndex<unknown>;
  #ready: boolean;
  #position: Position | undefined;
  #events: number;
  /** Events passed by since the position was last saved. */
  #passed = 0;

  private constructor(
    readonly view: SqliteView,
    readonly file: string,
    readonly db: DatabaseSync,
  ) {
    const checkpoint = db
      .prepare('SELECT version, ready, position, events FROM checkpoint')
      .get() as unknown as Checkpoint;
    this.version = checkpoint.version;
    this.#ready = checkpoint.ready === 1;
    this.#position = checkpoint.position ?? undefined;
    this.#events = checkpoint.events;
    this.types = view.projection.events.map(({ type }) => type);
    this.#handles = new Set(this.types);
    this.#index = view.index?.(db) ?? noIndex;
  }

  /** Opens the file, or begins an empty generation in it. */
  static open(view: SqliteView, file: string): Generation {
    const db = new DatabaseSync(file);
    db.exec(pragmas);
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'checkpoint'").get() === undefined) begin(view, db);
    return new Generation(view, file, db);
  }

  /** Deletes the generation; it must be closed. */
  static delete(file: string): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Everything up to here is in; absent: nothing is. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** How many events it has taken in. */
  get events(): number {
    return this.#events;
  }

  /**
   * Takes in those events that it handles and has not had, then stands at `upTo`. An event that cannot be read stops
   * it: what came before is in, and the event is named.
   */
  take(events: ReadonlyArray<RecordedEvent>, upTo: Position): PoisonedBy | undefined {
    const changes = new Map<string, unknown>();
    let taken = 0;
    let reached = this.#position;
    let poisonedBy: PoisonedBy | undefined;
    for (const recorded of events) {
      if (this.#position !== undefined && recorded.position <= this.#position) continue;
      if (this.#handles.has(recorded.type)) {
        const reason = this.#project(recorded, changes);
        if (reason !== undefined) {
          const { id: eventId, type, position } = recorded;
          poisonedBy = { eventId, type, position, reason };
          break;
        }
        taken++;
      }
      reached = recorded.position;
    }
    if (poisonedBy === undefined && (reached === undefined || upTo > reached)) reached = upTo;
    if (taken > 0) this.#write(changes, reached, this.#events + taken);
    else if (reached !== this.#position) this.#passBy(reached, events.length);
    return poisonedBy;
  }

  /** From now on it answers, also after a restart. */
  markReady(): void {
    this.#ready = true;
    this.#save();
  }

  /** Once, at the end of a build. */
  optimise(): void {
    this.#index.optimise?.();
    this.db.exec('PRAGMA optimize');
  }

  close(): void {
    if (this.#passed > 0) this.#save();
    this.db.close();
  }

  /** Adds what the event changes, or says why it cannot be taken in. */
  #project(recorded: RecordedEvent, changes: Map<string, unknown>): string | undefined {
    const { projection } = this.view;
    const decoded = projected(projection.events, recorded);
    if (isLeft(decoded)) return decoded.left;
    const after = applied(projection, decoded.right, projection.keys(decoded.right), (key) =>
      changes.has(key) ? changes.get(key) : this.#document(key),
    );
    if (isLeft(after)) return after.left;
    for (const [key, document] of after.right) changes.set(key, document);
    return undefined;
  }

  #document(key: string): unknown {
    const row = prepared(this.db, 'SELECT document FROM documents WHERE key = ?').get(key);
    return row === undefined ? undefined : JSON.parse(row['document'] as string);
  }

  #write(changes: ReadonlyMap<string, unknown>, position: Position | undefined, events: number): void {
    transaction(this.db, () => {
      for (const [key, document] of changes) {
        if (document === undefined) this.#remove(key);
        else this.#put(key, document);
      }
      prepared(this.db, 'UPDATE checkpoint SET position = ?, events = ?').run(position ?? null, events);
    });
    this.#position = position;
    this.#events = events;
    this.#passed = 0;
  }

  #passBy(position: Position | undefined, events: number): void {
    this.#position = position;
    this.#passed += Math.max(1, events);
    if (this.#passed >= SAVED_AFTER) this.#save();
  }

  #put(key: string, document: unknown): void {
    const sql = `INSERT INTO documents (key, document) VALUES (?, ?)
      ON CONFLICT (key) DO UPDATE SET document = excluded.document RETURNING id`;
    const row = prepared(this.db, sql).get(key, JSON.stringify(document));
    this.#index.put(row!['id'] as number, key, document);
  }

  #remove(key: string): void {
    const row = prepared(this.db, 'DELETE FROM documents WHERE key = ? RETURNING id').get(key);
    if (row !== undefined) this.#index.remove(row['id'] as number);
  }

  #save(): void {
    const sql = 'UPDATE checkpoint SET ready = ?, position = ?';
    prepared(this.db, sql).run(this.#ready ? 1 : 0, this.#position ?? null);
    this.#passed = 0;
  }
}

const begin = (view: SqliteView, db: DatabaseSync) => {
  const columns = ['id INTEGER PRIMARY KEY', 'key TEXT NOT NULL UNIQUE', 'document TEXT NOT NULL', ...view.columns];
  transaction(db, () => {
    db.exec(`CREATE TABLE documents (${columns.join(', ')}) STRICT`);
    for (const statement of view.schema) db.exec(statement);
    db.exec(`CREATE TABLE checkpoint (
      version TEXT NOT NULL, ready INTEGER NOT NULL, position TEXT, events INTEGER NOT NULL
    ) STRICT`);
    db.prepare('INSERT INTO checkpoint VALUES (?, 0, NULL, 0)').run(versionOf(view));
  });
};
