import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { ArticleRow, ArticleRows } from '../../../application/faq/import-rows.js';
import { decode, invalid, unless, type DomainError, type DomainErrors } from '../../../domain/kernel/errors.js';

/** In the order of an export; an import takes them in any. */
const columns = ['id', 'reference', 'category', 'department', 'question', 'answer', 'internalNote'] as const;
const required = Object.keys(ArticleRow.required);

/**
 * What a spreadsheet takes for a formula, full width included, which Japanese ones read as well; behind any number of
 * quotes, so that a quote that somebody wrote is told from ours.
 */
const LIKE_A_FORMULA = /^'*[=+\-@\t＝＋－＠]/;
const MADE_HARMLESS = /^'+[=+\-@\t＝＋－＠]/;
const harmless = (cell: string) => (LIKE_A_FORMULA.test(cell) ? `'${cell}` : cell);
const asWritten = (cell: string) => (MADE_HARMLESS.test(cell) ? cell.slice(1) : cell);

/**
 * CSV as spreadsheets open it: UTF-8 with a byte order mark, lines that end in CR LF. A quote before what looks like a
 * formula keeps it from being one; an import takes the quote away again.
 */
export const csvOf = (rows: ReadonlyArray<ArticleRow>): string => {
  const cells = rows.map((row) => columns.map((column) => harmless(row[column] ?? '')));
  return stringify([columns, ...cells], { bom: true, record_delimiter: 'windows' });
};

/** Where the cells go that stand beside all columns: no article has this field. */
const BESIDE = '*';

/**
 * The rows of a CSV text as JSON would tell them, its first row naming the columns; an empty cell is an absent field.
 * What is wrong is told as a spreadsheet counts: `row.2` is the first below the names.
 */
export const rowsOfCsv = (text: string): E.Either<DomainErrors, TypeOf<typeof ArticleRows>> => {
  let records: string[][];
  try {
    records = parse(text, { bom: true, relax_column_count: true });
  } catch (error) {
    // Its message would repeat what was written; which record it is, it knows as well.
    const { records: read = 0 } = error as { records?: number };
    return E.left([
      invalid('malformed_csv', 'is no CSV: a quote is open, or stands where none may', `row.${read + 1}`),
    ]);
  }
  // Spreadsheets save rows below the last one that were touched once.
  while (records.length > 0 && records.at(-1)!.every((cell) => cell.trim() === '')) records.pop();
  const [header = [], ...body] = records;
  const names = header.map((name) => name.trim());
  const rows = body.map((cells) =>
    Object.fromEntries(
      cells.flatMap((text, column) => {
        const cell = asWritten(text.replaceAll('\r\n', '\n'));
        return cell === '' ? [] : [[names[column] ?? BESIDE, cell]];
      }),
    ),
  );
  return E.chain(() => decode(ArticleRows, { rows }))(unless(problemsOfHeader(names), () => undefined));
};

/** The errors of an import of those rows, in the terms of a spreadsheet. */
export const inSpreadsheet = (errors: DomainErrors): DomainErrors =>
  errors.map(({ field, ...error }) => {
    if (field === undefined) return error;
    const counted = field.replace(/^rows\.(\d+)/, (_, n: string) => `row.${Number(n) + 2}`);
    return counted.endsWith(`.${BESIDE}`)
      ? invalid('too_many_cells', 'has more cells than there are columns', counted.slice(0, -BESIDE.length - 1))
      : { ...error, field: counted };
  }) as unknown as DomainErrors;

const problemsOfHeader = (names: ReadonlyArray<string>): ReadonlyArray<DomainError> => {
  const isColumn = (name: string) => (columns as ReadonlyArray<string>).includes(name);
  return [
    ...required
      .filter((name) => !names.includes(name))
      .map((name) => invalid('missing_column', 'is required, named in the first row', `row.1.${name}`)),
    // What is no column's name could be anything, and is not repeated.
    ...(names.every(isColumn) ? [] : [invalid('unknown_column', `the columns are ${columns.join(', ')}`, 'row.1.*')]),
    ...columns
      .filter((name) => names.indexOf(name) !== names.lastIndexOf(name))
      .map((name) => invalid('repeated_column', 'stands twice in the first row', `row.1.${name}`)),
  ];
};
