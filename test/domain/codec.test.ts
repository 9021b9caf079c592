import fc from 'fast-check';
import type * as t from 'io-ts';
import { describe, expect, test } from 'vitest';
import { RecordInquiry } from '../../src/domain/inquiry/commands.js';
import { flag, integer, list, oneOf, record, text } from '../../src/domain/kernel/codec.js';
import { decode } from '../../src/domain/kernel/errors.js';
import { ArticleId, DepartmentCode } from '../../src/domain/kernel/ids.js';
import { arbitraryOf, marked } from './arbitrary.js';
import { codecs } from './machines.js';

const Inner = record('Inner', { code: DepartmentCode }, { note: text(10) });
const Outer = record(
  'Outer',
  { inner: Inner, codes: list(DepartmentCode, 3), count: integer(1, 5), on: flag, kind: oneOf('a', 'b') },
  { id: ArticleId },
);
const valid = { inner: { code: 'fukushi' }, codes: ['zeimu'], count: 1, on: true, kind: 'a' };

/** All errors as `code field`; none when it decodes. */
const wrong = (input: unknown, codec: t.Any = Outer) => {
  const decoded = decode(codec, input);
  return decoded._tag === 'Right' ? [] : decoded.left.map(({ code, field }) => (field ? `${code} ${field}` : code));
};

describe('a record', () => {
  test('is what its fields are, optional ones or not', () => {
    expect(wrong(valid)).toEqual([]);
    expect(wrong({ ...valid, id: '0197c1f0-0000-7000-8000-000000000001', inner: { code: 'a', note: 'b' } })).toEqual(
      [],
    );
  });
  test('names everything that is missing, wrong or unknown, at once and by its path', () => {
    expect(wrong({ inner: { note: ' ', more: 1 }, codes: ['A', 'b', 3], count: 1.5, on: 'true', other: {} })).toEqual([
      'missing_field inner.code',
      'invalid_field inner.note',
      'unknown_field inner.more',
      'invalid_field codes.0',
      'invalid_field codes.2',
      'invalid_field count',
      'invalid_field on',
      'missing_field kind',
      'unknown_field other',
    ]);
  });
  test.each([null, undefined, 'text', 3, true, [], [valid]])('is not %j', (input) => {
    expect(wrong(input)).toEqual([input === undefined ? 'missing_field' : 'invalid_field']);
  });
  test('does not take null for a field that is absent', () => {
    expect(wrong({ ...valid, id: null })).toEqual(['invalid_field id']);
  });
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('knows no field %s', (key) => {
    const input: unknown = JSON.parse(JSON.stringify(valid).replace('{', `{"${key}":{"code":"a"},`));
    expect(wrong(input)).toEqual([`unknown_field ${key}`]);
    expect(wrong({ ...valid, kind: key })).toEqual(['invalid_field kind']);
    expect(({} as Record<string, unknown>)['code']).toBeUndefined();
  });
  test('does not find its fields on a prototype', () => {
    const inherited: unknown = JSON.parse(`{"__proto__":${JSON.stringify(valid)}}`);
    expect(wrong(inherited)).toContain('missing_field inner');
  });
  test('shows the name of an unknown field only where it could be one', () => {
    expect(wrong({ ...valid, '架空 花子': 1 })).toEqual(['unknown_field *']);
    expect(wrong({ ...valid, '090-0000-0001': 1 })).toEqual(['unknown_field *']);
    expect(wrong({ ...valid, '': 1 })).toEqual(['unknown_field *']);
    expect(wrong({ ...valid, ['a'.repeat(41)]: 1 })).toEqual(['unknown_field *']);
  });
});

describe('a list', () => {
  test('holds no more than it may, and nothing twice', () => {
    expect(wrong({ ...valid, codes: [] })).toEqual([]);
    expect(wrong({ ...valid, codes: ['a', 'b', 'c'] })).toEqual([]);
    expect(wrong({ ...valid, codes: ['a', 'b', 'c', 'd'] })).toEqual(['invalid_field codes']);
    expect(wrong({ ...valid, codes: ['a', 'a'] })).toEqual(['invalid_field codes']);
  });
  test('that is far too long is refused as a whole, without a look at each item', () => {
    expect(wrong({ ...valid, codes: Array.from({ length: 1_000_000 }, () => 'A') })).toEqual(['invalid_field codes']);
  });
  test('has no holes', () => {
    const sparse: unknown[] = [];
    sparse[2] = 'a';
    expect(wrong({ ...valid, codes: sparse })).toEqual(['missing_field codes.0', 'missing_field codes.1']);
  });
  test('is no object that looks like one', () => {
    expect(wrong({ ...valid, codes: { 0: 'a', length: 1 } })).toEqual(['invalid_field codes']);
  });
});

describe('text', () => {
  const Note = text(10);

  test.each(['a', '苦情', '葛\u{E0100}飾', 'one\ntwo\tthree'.slice(0, 10), '👩‍👩‍👧'])('%j is text', (input) => {
    expect(wrong(input, Note)).toEqual([]);
  });
  test.each([
    ['nothing', ''],
    ['blank', ' \n\t　'],
    ['zero-width alone', '\u200B\u2060\uFEFF'],
    ['a Hangul filler alone', '\u3164\u115F'],
    ['a variation selector alone', '\uFE0F\u{E0100}'],
    ['blank braille alone', '\u2800'],
    ['too long', 'a'.repeat(11)],
    ['a null', 'a\u0000b'],
    ['an escape', '\u001B[31m'],
    ['a carriage return', 'a\r\nb'],
    ['a control character of the second set', 'a\u0085b'],
    ['half a character', 'a\uD800'],
    ['the other half', '\uDC00a'],
  ])('%s is none', (_, input) => {
    expect(wrong(input, Note)).toEqual(['invalid_field']);
  });
});

describe('a whole number', () => {
  const Count = integer(0, 10);

  test.each([0, 10])('%d', (input) => {
    expect(wrong(input, Count)).toEqual([]);
  });
  test.each([-1, 11, 0.5, NaN, Infinity, '1', 1n])('is not %s', (input) => {
    expect(wrong(input, Count)).toEqual(['invalid_field']);
  });
});

test('no string of any stored or commanded thing takes a control character or half a surrogate pair', () => {
  for (const codec of codecs)
    fc.assert(
      fc.property(arbitraryOf(codec), fc.constantFrom('\u0000', '\u001B', '\u0085', '\uD800'), (value, intruder) => {
        for (const spoiled of spoil(value, intruder)) expect(decode(codec, spoiled)._tag).toBe('Left');
      }),
      { numRuns: 10 },
    );
});

/** The value once for each string in it, that one spoiled at its end. */
const spoil = (value: unknown, intruder: string): ReadonlyArray<unknown> => {
  if (typeof value === 'string') return [value + intruder];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    spoil(part, intruder).map((spoiled) =>
      Array.isArray(value) ? value.with(Number(key), spoiled) : { ...value, [key]: spoiled },
    ),
  );
};

test('whatever is decoded, nothing throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...codecs),
      fc.oneof(fc.jsonValue(), fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true })),
      (codec, input) => {
        decode(codec, input);
      },
    ),
    { numRuns: 3_000 },
  );
});

test('whatever is put in place of a field, no error repeats it', () => {
  const marker = 'Marker-739 架空';
  const anything = fc.constantFrom<unknown>(marker, [marker], { name: marker }, { [marker]: marker }, [[[marker]]]);
  for (const codec of codecs)
    fc.assert(
      fc.property(arbitraryOf(codec), anything, (value, intruder) => {
        const input = value as Readonly<Record<string, unknown>>;
        const inputs = [
          ...Object.keys(input).map((key) => ({ ...input, [key]: intruder })),
          { ...input, [marker]: intruder, unknown: intruder },
          { ...(marked(codec, input) as object), unknown: intruder },
          intruder,
        ];
        for (const decoded of inputs.map((one) => decode(codec, one)))
          expect(JSON.stringify(decoded._tag === 'Left' ? decoded.left : [])).not.toMatch(/marker|739|架空/i);
      }),
      { numRuns: 5 },
    );
});

test('a contact with everything wrong is told everything at once', () => {
  expect(
    wrong({ summary: '', answer: 1, relatedDepartments: ['A', 'A'], transferredTo: '', x: 1 }, RecordInquiry),
  ).toEqual([
    'invalid_field summary',
    'invalid_field answer',
    'missing_field category',
    'missing_field department',
    'invalid_field relatedDepartments.0',
    'invalid_field relatedDepartments.1',
    'missing_field handling',
    'missing_field receivedAt',
    'missing_field scope',
    'invalid_field transferredTo',
    'unknown_field x',
  ]);
});
