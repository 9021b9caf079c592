import type { SQLInputValue } from 'node:sqlite';
import type { Filter } from '../../../application/ports/event-store.js';

export interface Condition {
  /** Continues a WHERE. */
  readonly sql: string;
  readonly values: ReadonlyArray<SQLInputValue>;
}

/** A filter as SQL. The `+` keeps the stream's index out of it, which would give the events in another order. */
export const condition = ({ streamPrefixes, types }: Filter): Condition => {
  const values: SQLInputValue[] = [];
  let sql = '';
  if (types !== undefined) {
    sql += ` AND type IN (${types.map(() => '?').join(', ')})`;
    values.push(...types);
  }
  if (streamPrefixes !== undefined) {
    // A range, not LIKE: it is exact in case and knows no wildcard. Names are ASCII, so '\x7f' ends every prefix.
    const ranges = streamPrefixes.map(() => '(+stream >= ? AND +stream < ?)').join(' OR ') || 'FALSE';
    sql += ` AND (${ranges})`;
    values.push(...streamPrefixes.flatMap((prefix) => [prefix, `${prefix}\x7f`]));
  }
  return { sql, values };
};
