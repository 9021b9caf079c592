import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Batch,
  Filter,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  StreamName,
} from '../../../application/ports/event-store.js';
import { epochMs } from '../../../domain/kernel/time.js';
import { columns, recordedEvent, type EventRow } from './event-row.js';
import { condition } from './filter.js';
import { Positions } from './position.js';
import { storedIdentity } from './schema.js';

// One page bounds what is held in memory, and for how long the event loop stands still.
const PAGE_EVENTS = 500;
const PAGE_CHARACTERS = 4 * 1_048_576;
const PAGE_ROWS_LOOKED_AT = 10_000;

interface Page {
  readonly events: ReadonlyArray<RecordedEvent>;
  /** The last row looked at, whether it matched or not. */
  readonly reached: number;
}

/**
 * Reads an events file page by page: no statement stays open between two pages, so a slow reader holds no snapshot and
 * the log can be checkpointed. Any number of them may read while one process writes.
 */
export class SqliteEventReader {
  private readonly positions: Positions;
  private readonly selectHead: StatementSync;
  private readonly selects = new Map<string, StatementSync>();

  constructor(private readonly db: DatabaseSync) {
    this.positions = new Positions(storedIdentity(db));
    this.selectHead = db.prepare('SELECT max(position) AS head FROM events');
  }

  async head(): Promise<Position> {
    return this.positions.of(this.headRow());
  }

  async *readStream(stream: StreamName, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    const { direction = 'forwards', from, asOf, limit = Infinity } = options;
    const forwards = direction === 'forwards';
    const sql = `SELECT ${columns} FROM events WHERE stream = ? AND revision ${forwards ? '>' : '<'} ? AND recorded_at <= ?
      ORDER BY revision ${forwards ? 'ASC' : 'DESC'} LIMIT ?`;
    const until = asOf === undefined ? Number.MAX_SAFE_INTEGER : epochMs(asOf);
    let after = from ?? (forwards ? -1 : Number.MAX_SAFE_INTEGER);
    for (let left = limit; left > 0;) {
      const { events, full } = this.select(sql, [stream, after, until], left);
      for (const event of events) yield event;
      left -= events.length;
      if (!full || left === 0) return;
      after = events.at(-1)!.revision;
      await nextTurn();
    }
  }

  async *readAll({ from, filter = {}, limit = Infinity }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    const head = this.headRow();
    let after = this.row(from);
    for (let left = limit; left > 0;) {
      const { events, reached } = this.page(after, head, filter, left);
      for (const event of events) yield event;
      left -= events.length;
      if (reached >= head || left === 0) return;
      after = reached;
      await nextTurn();
    }
  }

  /** What follows a row, as a subscription gives it. */
  batch(after: number, filter: Filter): Batch & { readonly reached: number } {
    const head = this.headRow();
    const { events, reached } = this.page(after, head, filter, PAGE_EVENTS);
    return { events, reached, checkpoint: this.positions.of(reached), live: reached === head };
  }

  /** The row that a position names; without one, that before the first. Throws `BadPosition`. */
  row(position: Position | undefined): number {
    return position === undefined ? 0 : this.positions.row(position, this.headRow());
  }

  position(row: number): Position {
    return this.positions.of(row);
  }

  close(): void {
    this.db.close();
  }

  private headRow(): number {
    return (this.selectHead.get()!['head'] as number | null) ?? 0;
  }

  private page(after: number, head: number, filter: Filter, limit: number): Page {
    const until = Math.min(head, after + PAGE_ROWS_LOOKED_AT);
    const { sql, values } = condition(filter);
    const { events, last, full } = this.select(
      `SELECT ${columns} FROM events WHERE position > ? AND position <= ?${sql} ORDER BY position LIMIT ?`,
      [after, until, ...values],
      limit,
    );
    return { events, reached: full ? last : until };
  }

  /** Runs a query whose last parameter is its limit; `full` when there may be more. */
  private select(sql: string, values: ReadonlyArray<SQLInputValue>, limit: number) {
    const most = Math.min(limit, PAGE_EVENTS);
    const events: RecordedEvent[] = [];
    let last = 0;
    let characters = 0;
    for (const row of this.statement(sql).iterate(...values, most) as Iterable<unknown> as Iterable<EventRow>) {
      events.push(recordedEvent(row, this.positions));
      [last] = row;
      characters += row[6].length;
      if (characters > PAGE_CHARACTERS) break;
    }
    return { events, last, full: events.length === most || characters > PAGE_CHARACTERS };
  }

  private statement(sql: string): StatementSync {
    let statement = this.selects.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      statement.setReturnArrays(true);
      this.selects.set(sql, statement);
    }
    return statement;
  }
}

/** Opens an events file for reading only, such as in a worker thread beside the process that writes it. */
export const openEventReader = (file: string): SqliteEventReader =>
  new SqliteEventReader(new DatabaseSync(file, { readOnly: true, timeout: 5_000 }));
