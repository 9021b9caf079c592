import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type {
  Batch,
  Filter,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  StreamName,
} from '../../../application/ports/event-store.js';
import { epochMs, instant } from '../../../domain/kernel/time.js';
import { storeId } from './schema.js';
import { Positions } from './position.js';

const PAGE = 500;

interface Row {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly key_id: string | null;
  readonly data: string;
  readonly metadata: string;
  readonly recorded_at: number;
}

/**
 * Reads an events file page by page: no statement stays open between two pages, so a slow reader holds no snapshot and
 * the log can be checkpointed. Any number of them may read while one process writes.
 */
export class SqliteEventReader {
  readonly positions: Positions;
  private readonly headStatement: StatementSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(private readonly db: DatabaseSync) {
    this.positions = new Positions(storeId(db));
    this.headStatement = db.prepare('SELECT max(position) AS head FROM events');
  }

  async head(): Promise<Position> {
    return this.positions.of(this.headRow());
  }

  async *readStream(stream: StreamName, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    const { direction = 'forwards', from, asOf, limit = Infinity } = options;
    const forwards = direction === 'forwards';
    const select = this.prepare(
      `SELECT * FROM events WHERE stream = ? AND revision ${forwards ? '>' : '<'} ? AND recorded_at <= ?
       ORDER BY revision ${forwards ? 'ASC' : 'DESC'} LIMIT ?`,
    );
    const until = asOf === undefined ? Number.MAX_SAFE_INTEGER : epochMs(asOf);
    let after = from ?? (forwards ? -1 : Number.MAX_SAFE_INTEGER);
    for (let left = limit; left > 0;) {
      const rows = this.rows(select, [stream, after, until, Math.min(left, PAGE)]);
      for (const row of rows) yield this.event(row);
      if (rows.length < Math.min(left, PAGE)) return;
      after = rows.at(-1)!.revision;
      left -= rows.length;
    }
  }

  async *readAll({ from, filter = {}, limit = Infinity }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    const head = this.headRow();
    let after = this.positions.row(from, head);
    for (let left = limit; left > 0 && after < head;) {
      const { events, reached } = this.page(after, head, filter, Math.min(left, PAGE));
      yield* events;
      left -= events.length;
      after = reached;
    }
  }

  /** What follows a position, as a subscription gives it. */
  batch(after: number, filter: Filter): Batch & { readonly reached: number } {
    const head = this.headRow();
    if (after >= head) return { events: [], checkpoint: this.positions.of(after), live: true, reached: after };
    const { events, reached } = this.page(after, head, filter, PAGE);
    return { events, checkpoint: this.positions.of(reached), live: reached === head, reached };
  }

  headRow(): number {
    return (this.headStatement.get()!['head'] as number | null) ?? 0;
  }

  close(): void {
    this.db.close();
  }

  /** Matching events after a row; `reached` is how far was looked, whether or not the last row looked at matched. */
  private page(after: number, head: number, filter: Filter, limit: number) {
    const { sql, values } = condition(filter);
    const select = this.prepare(
      `SELECT * FROM events WHERE position > ? AND position <= ?${sql} ORDER BY position LIMIT ?`,
    );
    const rows = this.rows(select, [after, head, ...values, limit]);
    const reached = rows.length < limit ? head : rows.at(-1)!.position;
    return { events: rows.map((row) => this.event(row)), reached };
  }

  private rows(select: StatementSync, values: ReadonlyArray<SQLInputValue>): ReadonlyArray<Row> {
    return select.all(...values) as unknown as ReadonlyArray<Row>;
  }

  private prepare(sql: string): StatementSync {
    const prepared = this.statements.get(sql) ?? this.db.prepare(sql);
    this.statements.set(sql, prepared);
    return prepared;
  }

  private event(row: Row): RecordedEvent {
    return {
      id: row.id as RecordedEvent['id'],
      stream: row.stream as StreamName,
      revision: row.revision,
      position: this.positions.of(row.position),
      type: row.type,
      content:
        row.key_id === null
          ? { _tag: 'plain', data: JSON.parse(row.data) }
          : { _tag: 'sealed', box: { keyId: row.key_id, sealed: row.data } },
      metadata: JSON.parse(row.metadata),
      recordedAt: instant(row.recorded_at),
    };
  }
}

const condition = ({ streamPrefixes, types }: Filter): { sql: string; values: ReadonlyArray<SQLInputValue> } => {
  const values: SQLInputValue[] = [];
  let sql = '';
  if (types !== undefined) {
    sql += ` AND type IN (${types.map(() => '?').join(', ') || 'NULL'})`;
    values.push(...types);
  }
  if (streamPrefixes !== undefined) {
    // A range, not LIKE: it is exact in case and knows no wildcard. Names are ASCII, so '\x7f' ends every prefix.
    const ranges = streamPrefixes.map(() => '(stream >= ? AND stream < ?)').join(' OR ') || 'FALSE';
    sql += ` AND (${ranges})`;
    values.push(...streamPrefixes.flatMap((prefix) => [prefix, `${prefix}\x7f`]));
  }
  return { sql, values };
};

/** Opens an events file for reading only, such as in a worker thread beside the process that writes it. */
export const openEventReader = (file: string): SqliteEventReader =>
  new SqliteEventReader(new DatabaseSync(file, { readOnly: true, timeout: 5_000 }));
