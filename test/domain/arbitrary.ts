import fc, { type Arbitrary } from 'fast-check';
import * as t from 'io-ts';
import { Actor } from '../../src/domain/kernel/actor.js';
import { ListType, RecordType, ScalarType } from '../../src/domain/kernel/codec.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';

/** Moments of a few days, so that some are equal and some lie before others. */
export const moments: Arbitrary<Instant> = fc
  .integer({ min: 0, max: 400 })
  .map((quarters) => instant(Date.UTC(2026, 3, 1) + quarters * 900_000));

/** A few ids, so that they meet again. */
export const ids = ['0197c1f0-0000-7000-8000-000000000001', '0197c1f0-0000-7000-8000-000000000002'] as const;

/** Half the time one of the examples, so that they meet again. */
const alike = (examples: ReadonlyArray<unknown>, others: Arbitrary<unknown>): Arbitrary<unknown> =>
  examples.length === 0 ? others : fc.oneof(fc.constantFrom(...examples), others);

const scalar = <A>(codec: ScalarType<A>): Arbitrary<A> => {
  const { type, format, pattern, maxLength, minimum, maximum, examples } = codec.schema;
  const value: Arbitrary<unknown> =
    format === 'date-time'
      ? moments
      : format === 'uuid'
        ? fc.constantFrom(...ids)
        : type === 'boolean'
          ? fc.boolean()
          : type === 'integer' || type === 'number'
            ? fc.integer({ min: minimum ?? -1_000, max: Math.min(maximum ?? 1_000, 2 ** 31 - 1) })
            : pattern === undefined || pattern === '\\S'
              ? fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(maxLength ?? 40, 40) })
              : alike(examples ?? [], fc.stringMatching(new RegExp(pattern)));
  return value.filter<A & {}>((candidate): candidate is A & {} => codec.is(candidate));
};

/** Whatever a codec accepts, derived from the codec itself. */
export const arbitraryOf = <A>(codec: t.Type<A>): Arbitrary<A> => {
  const known: unknown = codec;
  if (known instanceof ScalarType) return scalar(known as ScalarType<A>);
  if (known instanceof t.KeyofType) return fc.constantFrom(...Object.keys(known.keys)) as Arbitrary<A>;
  if (known instanceof t.LiteralType) return fc.constant(known.value) as Arbitrary<A>;
  if (known instanceof ListType)
    return fc.uniqueArray(arbitraryOf<unknown>(known.item), { maxLength: 3 }) as unknown as Arbitrary<A>;
  if (known instanceof RecordType) {
    const fields = Object.entries({ ...known.required, ...known.optional }) as Array<[string, t.Type<unknown>]>;
    const requiredKeys = Object.keys(known.required);
    const model = Object.fromEntries(fields.map(([key, field]) => [key, arbitraryOf(field)]));
    return fc.record<Record<string, unknown>, string>(model, { requiredKeys }) as unknown as Arbitrary<A>;
  }
  throw new Error(`no arbitrary for the codec ${codec.name}`);
};

export const actors: Arbitrary<Actor> = arbitraryOf(Actor);

/** Strings of which every codec of strings accepts one; an error that shows one has it from the command. */
export const markers = [
  'marker-739',
  '0000-739-739',
  'marker739@example.test',
  'audio/marker739',
  '73973973-7397-7397-7397-739739739739',
  '1973-07-03T07:39:07.390Z',
  'P739D',
  '739'.repeat(21) + '7',
];

/** The value of a codec with a marker in place of every string but the words that the codec itself lists. */
export const marked = (codec: t.Any, value: unknown): unknown => {
  if (typeof value === 'string' && codec instanceof ScalarType) {
    const marker = markers.find((candidate) => codec.is(candidate));
    if (marker === undefined) throw new Error(`no marker for ${codec.name}`);
    return marker;
  }
  if (Array.isArray(value) && codec instanceof ListType) return value.map((item) => marked(codec.item, item));
  if (typeof value !== 'object' || value === null || !(codec instanceof RecordType)) return value;
  const fields: t.Props = { ...codec.required, ...codec.optional };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(fields[key]!, part)]));
};
