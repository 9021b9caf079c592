import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { ArticleRow } from '../../src/application/faq/import-rows.js';
import { csvOf, inSpreadsheet, rowsOfCsv } from '../../src/infrastructure/http/routes/faq-csv.js';
import { record, series } from '../../src/domain/kernel/codec.js';
import { decode } from '../../src/domain/kernel/errors.js';
import { arbitraryOf } from '../domain/arbitrary.js';

const header = 'reference,category,department,question,answer';
const Decoded = record('Decoded', { rows: series(ArticleRow, 100) });
const articlesOf = (text: string) =>
  E.chain((rows: unknown) => E.mapLeft(inSpreadsheet)(decode(Decoded, rows)))(rowsOfCsv(text));
const problems = (text: string) => {
  const read = articlesOf(text);
  return E.isRight(read) ? [] : read.left.map(({ code, field }) => `${code} ${field}`);
};
const rowsOf = (text: string) => {
  const read = articlesOf(text);
  if (E.isLeft(read)) throw new Error(JSON.stringify(read.left));
  return read.right.rows;
};

/** Texts with all that CSV and spreadsheets give a meaning to. */
const awkward = fc
  .array(fc.constantFrom('"', ',', '\n', "'", '=', '+', '-', '@', '\t', '＝', '＠', ';', ' ', '税', '𠮷', '1'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
  .filter((text) => ArticleRow.required.answer.is(text));

test('what was exported is read as it was, whatever the texts hold', () => {
  const anyRow = arbitraryOf(ArticleRow).chain((row) =>
    fc.tuple(awkward, awkward, awkward).map(([question, answer, internalNote]) => ({
      ...row,
      question,
      answer,
      ...(row.internalNote !== undefined && { internalNote }),
    })),
  );
  fc.assert(
    fc.property(fc.array(anyRow, { minLength: 1, maxLength: 5 }), (rows) => {
      expect(rowsOf(csvOf(rows))).toEqual(rows);
    }),
    { numRuns: 500 },
  );
});

test('no cell of an export begins like a formula', () => {
  fc.assert(
    fc.property(awkward, (text) => {
      const row = { category: 'zei', department: 'zeimu', question: text, answer: text } as unknown as ArticleRow;
      const cells: string[] = parse(csvOf([row]), { bom: true, from: 2 }).flat();
      expect(cells.filter((cell) => /^[=+\-@\t＝＋－＠]/.test(cell))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('an export begins with a byte order mark and the names of the columns, and its lines end as spreadsheets have it', () => {
  expect(csvOf([])).toBe('\uFEFFid,reference,category,department,question,answer,internalNote\r\n');
});

describe('a file as people make it', () => {
  test('columns in any order, cells quoted or not, breaks in cells, nothing in those that may be empty', () => {
    const text =
      '\uFEFFanswer,question,department,category,reference\r\n"一行目\r\n二行目","「何」,です""か""",zeimu,zei,\r\n';
    expect(rowsOf(text)).toEqual([
      { answer: '一行目\n二行目', question: '「何」,です"か"', department: 'zeimu', category: 'zei' },
    ]);
  });

  test('rows that a spreadsheet saves below the last one are none', () => {
    expect(rowsOf(`${header}\nN-1,zei,zeimu,質問,答え\n,,,,\n\n`)).toHaveLength(1);
  });

  test('every wrong row and field is named, as the spreadsheet counts', () => {
    const text = [header, 'N 1,zei,zeimu,質問,答え', 'N-2,zei,zeimu,質問,答え', ',ZEI,zeimu,,答え', '', 'N-3,zei'];
    expect(problems(text.join('\n'))).toEqual([
      'invalid_field row.2.reference',
      'missing_field row.4.question',
      'invalid_field row.4.category',
      'missing_field row.5.question',
      'missing_field row.5.answer',
      'missing_field row.5.category',
      'missing_field row.5.department',
      'missing_field row.6.question',
      'missing_field row.6.answer',
      'missing_field row.6.department',
    ]);
  });

  test.each([
    [
      'no names',
      '',
      [
        'missing_column row.1.question',
        'missing_column row.1.answer',
        'missing_column row.1.category',
        'missing_column row.1.department',
      ],
    ],
    [
      'a name that is unknown, and one twice',
      `${header},answer,zq9137`,
      ['unknown_column row.1.*', 'repeated_column row.1.answer'],
    ],
    ['a row too many', `${header}\n${'N-1,zei,zeimu,質問,答え\n'.repeat(10_001)}`, ['invalid_field rows']],
    ['a cell too many', `${header}\nN-1,zei,zeimu,質問,答え,もう一つ`, ['too_many_cells row.2']],
    ['a quote left open', `${header}\nN-1,zei,zeimu,質問,答え\nN-2,zei,zeimu,"質問,答え`, ['malformed_csv row.3']],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});
