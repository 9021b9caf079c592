import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { prepared } from './prepared.js';

/** A condition with its values; the text never holds one. */
export interface Condition {
  readonly sql: string;
  readonly values: ReadonlyArray<SQLInputValue>;
}

export const condition = (sql: string, ...values: ReadonlyArray<SQLInputValue>): Condition => ({ sql, values });

/** The condition on a value, when there is one. */
export const whenGiven = (sql: string, value: SQLInputValue | undefined): ReadonlyArray<Condition> =>
  value === undefined ? [] : [condition(sql, value)];

/** A list in the order of a column, then of `key`; an index must hold both. */
export interface Listing {
  /** Tables, `documents` among them. */
  readonly from: string;
  readonly column: string;
  readonly key: string;
  readonly order: 'ASC' | 'DESC';
  readonly where: ReadonlyArray<Condition>;
}

/** One page after a cursor: what comes later in the order, however the list has changed since. Throws `BadCursor`. */
export const keysetPage = <Doc>(db: DatabaseSync, listing: Listing, { limit, after }: PageRequest): Page<Doc> => {
  const { from, column, key, order } = listing;
  const later = order === 'ASC' ? '>' : '<';
  const where = [
    ...listing.where,
    ...(after === undefined ? [] : [condition(`(${column}, ${key}) ${later} (?, ?)`, ...decodeCursor(after))]),
  ];
  const sql = `SELECT ${column} AS place, ${key} AS id, document FROM ${from}
    WHERE ${['TRUE', ...where.map((part) => part.sql)].join(' AND ')}
    ORDER BY ${column} ${order}, ${key} ${order} LIMIT ?`;
  const rows = prepared(db, sql).all(...where.flatMap(({ values }) => values), limit + 1);
  const items = rows.slice(0, limit).map(({ document }) => JSON.parse(document as string) as Doc);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return last === undefined
    ? { items }
    : { items, next: encodeCursor([last['place'] as string, last['id'] as string]) };
};
