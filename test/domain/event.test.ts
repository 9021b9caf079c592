import * as t from 'io-ts';
import { describe, expect, test } from 'vitest';
import { integer, record, text } from '../../src/domain/kernel/codec.js';
import { decodeEvent, defineEvent } from '../../src/domain/kernel/event.js';

/** Version 1 had one `name`; version 2 called it `title`; version 3 counts its `pages`, of which there was one before. */
const Filed = defineEvent('Filed', record('Filed', { title: text(20), pages: integer(1, 9) }), [
  (first) => {
    const { name, ...others } = first as { name?: unknown };
    return { ...others, title: name };
  },
  (second) => ({ ...(second as object), pages: 1 }),
]);
const Shelved = defineEvent('Shelved', t.strict({}));
const decodeFiled = (version: number, data: unknown) => decodeEvent([Shelved, Filed], { type: 'Filed', version, data });
const right = (title: string, pages: number) => ({ _tag: 'Right', right: Filed({ title, pages }) });

describe('an event of three versions', () => {
  test('is written in the last', () => {
    expect(Filed.version).toBe(3);
    expect(Shelved.version).toBe(1);
    expect(Filed({ title: 'a', pages: 2 })).toEqual({ type: 'Filed', data: { title: 'a', pages: 2 } });
  });
  test('is read in each, one step after another', () => {
    expect(decodeFiled(1, { name: 'a' })).toEqual(right('a', 1));
    expect(decodeFiled(2, { title: 'a' })).toEqual(right('a', 1));
    expect(decodeFiled(3, { title: 'a', pages: 2 })).toEqual(right('a', 2));
  });
  test('does not change what was stored', () => {
    const stored = Object.freeze({ name: 'a' });
    decodeFiled(1, stored);
    expect(stored).toEqual({ name: 'a' });
  });
  test('is not read in a version that it is not of', () => {
    expect(decodeFiled(2, { name: 'a' })).toMatchObject({
      left: [
        { code: 'missing_field', field: 'title' },
        { code: 'unknown_field', field: 'name' },
      ],
    });
    expect(decodeFiled(1, { title: 'a' })).toMatchObject({ left: [{ code: 'missing_field', field: 'title' }] });
  });
  test('is refused in a newer version, whatever its data', () => {
    expect(decodeFiled(4, { title: 'a', pages: 2 })).toMatchObject({ left: [{ code: 'newer_event' }] });
  });
  test.each([0, -1, 1.5, NaN])('is refused in a version %s, which there never was', (version) => {
    expect(decodeFiled(version, { title: 'a', pages: 2 })).toMatchObject({ left: [{ code: 'unknown_version' }] });
  });
  test('is refused as damaged, not thrown at the reader, when an older shape cannot be brought up', () => {
    for (const damaged of [null, undefined, 3, 'text']) expect(decodeFiled(1, damaged)).toMatchObject({ _tag: 'Left' });
  });
});

test('an event that nothing defines is refused', () => {
  for (const type of ['Lost', 'constructor', '__proto__', ''])
    expect(decodeEvent([Filed], { type, version: 1, data: {} })).toMatchObject({ left: [{ code: 'unknown_event' }] });
});
