import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.js';
import { scan, scanFolder } from './scanner.js';

/** Invented. */
const values = ['架空ヶ原 鶴亀之介', '０９０-0000-7316'];

const planted: ReadonlyArray<readonly [string, (value: string) => Buffer]> = [
  ['UTF-8', (value) => Buffer.from(value)],
  ['UTF-16', (value) => Buffer.from(value, 'utf16le')],
  ['hex', (value) => Buffer.from(Buffer.from(value).toString('hex'))],
  ['URL', (value) => Buffer.from(encodeURIComponent(value))],
  ['NFKC', (value) => Buffer.from(value.normalize('NFKC'))],
  [
    'JSON',
    (value) =>
      Buffer.from(
        value
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
      ),
  ],
];

test.each(planted)('finds a value planted as %s', (_, encode) => {
  const folder = tempDir();
  for (const [i, value] of values.entries()) {
    writeFileSync(
      join(folder, `file-${i}`),
      Buffer.concat([Buffer.from('before'), encode(value), Buffer.from('after')]),
    );
    expect(scanFolder(values, folder).some((find) => find.value === i)).toBe(true);
  }
});

test('finds the digits of a number alone', () => {
  expect(scan(values, 'x', Buffer.from('tel:09000007316;'))).not.toHaveLength(0);
});

test('finds a value in base64 wherever it begins and whatever stands beside it', () => {
  const beside = fc.uint8Array({ maxLength: 10 });
  fc.assert(
    fc.property(beside, beside, fc.constantFrom(...values), (before, after, value) => {
      const content = Buffer.from(Buffer.concat([before, Buffer.from(value), after]).toString('base64'));
      expect(scan([value], 'x', content)).not.toHaveLength(0);
    }),
  );
});

test('finds nothing where nothing is', () => {
  expect(scan(values, 'x', Buffer.from('よくある質問と回答 03-0000-0000'))).toEqual([]);
});
