import fc from 'fast-check';
import type * as t from 'io-ts';
import { ListType, RecordType, ScalarType } from '../../src/domain/kernel/codec.js';
import type { AnyEventDefinition, DomainEvent } from '../../src/domain/kernel/event.js';

const uuids = [1, 2, 3].map((n) => `0000000${n}-0000-7000-8000-000000000000`);
const moments = ['2026-04-01T00:30:00.000Z', '2026-04-02T00:30:00.000Z', '2026-04-03T00:30:00.000Z'];
const words = ['粗大ごみ', '住民票の写し', '国民健康保険'];

const samples = ({ type, format, maxLength, minimum = 0, maximum = 9, examples }: ScalarType<unknown>['schema']) => {
  if (type === 'boolean') return [false, true];
  if (type !== 'string') return [minimum, Math.min(minimum + 7, maximum)];
  if (format === 'uuid') return uuids;
  if (format === 'date-time') return moments;
  return examples ?? words.map((word) => word.slice(0, maxLength));
};

/** Values that the codec takes, from so few that they meet often. */
const arbitraryOf = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (codec instanceof RecordType) {
    const fields = { ...codec.required, ...codec.optional } as Record<string, t.Mixed>;
    const values = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, arbitraryOf(field)]));
    return fc.record(values, { requiredKeys: Object.keys(codec.required) });
  }
  if (codec instanceof ListType) return fc.uniqueArray(arbitraryOf(codec.item), { maxLength: 2 });
  if (codec instanceof ScalarType) return fc.constantFrom<unknown>(...samples(codec.schema)).filter((u) => codec.is(u));
  if ('keys' in codec) return fc.constantFrom(...Object.keys(codec.keys as object));
  throw new Error(`no values for ${codec.name}`);
};

/** Any event of some definitions, in any of three streams. */
export const arbitraryEvent = (
  definitions: ReadonlyArray<AnyEventDefinition>,
): fc.Arbitrary<{ readonly id: string; readonly event: DomainEvent }> =>
  fc.constantFrom(...definitions).chain((definition) =>
    fc.record({
      id: fc.constantFrom(...uuids),
      event: arbitraryOf(definition.data).map((data) => definition(data)),
    }),
  );
