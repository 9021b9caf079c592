import { readFileSync } from 'node:fs';
import * as t from 'io-ts';
import { describe, expect, test } from 'vitest';
import { ListType, RecordType } from '../../src/domain/kernel/codec.js';
import { decodeEvent, type AnyEventDefinition } from '../../src/domain/kernel/event.js';
import { machines } from './machines.js';

/**
 * Events as they were once stored; synthetic. Never edited, only added to: an event whose shape changes gets a new
 * version, an upcaster, and payloads of that version here. Payloads of today's version hold all that may be absent,
 * lack it, and show every word of every list of words, since history may hold each.
 */
const frozen = JSON.parse(readFileSync(new URL('stored-shapes.json', import.meta.url), 'utf8')) as ReadonlyArray<{
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}>;

const definitions: ReadonlyArray<AnyEventDefinition> = machines.flatMap(({ decider }) => decider.events);

describe.each(definitions.map((definition) => [definition.type, definition] as const))('%s', (type, definition) => {
  const payloads = frozen.filter((stored) => stored.type === type);
  const today = payloads.filter(({ version }) => version === definition.version).map(({ data }) => data);

  test('what was stored is understood today, in the versions that there were', () => {
    expect([...new Set(payloads.map(({ version }) => version))].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: definition.version }, (_, i) => i + 1),
    );
    for (const stored of payloads) expect(decodeEvent(definitions, stored)).toHaveProperty('right.type', type);
    for (const data of today)
      expect(decodeEvent(definitions, { type, version: definition.version, data })).toEqual({
        _tag: 'Right',
        right: { type, data },
      });
  });

  test('the payloads show all that may be stored today', () => {
    const shown = today.flatMap((data) => shows(definition.data, data));
    expect(may(definition.data).filter((what) => !shown.includes(what))).toEqual([]);
  });
});

test('nothing is stored that no event defines', () => {
  const types = new Set(definitions.map(({ type }) => type));
  expect(frozen.filter(({ type }) => !types.has(type))).toEqual([]);
});

/** What a codec allows, present or absent, and its words: `.a.b`, `-.a.b`, `.a.b=word`. */
const may = (codec: t.Any, path = ''): ReadonlyArray<string> => {
  if (codec instanceof t.KeyofType) return Object.keys(codec.keys).map((word) => `${path}=${word}`);
  if (codec instanceof ListType) return may(codec.item, `${path}.*`);
  if (!(codec instanceof RecordType)) return [path];
  const fields = Object.entries<t.Any>({ ...codec.required, ...codec.optional });
  const absent = Object.keys(codec.optional).map((key) => `-${path}.${key}`);
  return [...fields.flatMap(([key, field]) => may(field, `${path}.${key}`)), ...absent];
};

/** What of that a payload shows. */
const shows = (codec: t.Any, data: unknown, path = ''): ReadonlyArray<string> => {
  if (codec instanceof t.KeyofType) return [`${path}=${String(data)}`];
  if (codec instanceof ListType) return (data as unknown[]).flatMap((item) => shows(codec.item, item, `${path}.*`));
  if (!(codec instanceof RecordType)) return [path];
  const record = data as Readonly<Record<string, unknown>>;
  return Object.entries<t.Any>({ ...codec.required, ...codec.optional }).flatMap(([key, field]) =>
    key in record ? shows(field, record[key], `${path}.${key}`) : [`-${path}.${key}`],
  );
};
