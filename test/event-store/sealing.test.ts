import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { EventId, Json, SealedBox, StreamName } from '../../src/application/ports/event-store.js';
import { BrokenSeal, open, seal, type Place } from '../../src/infrastructure/event-store/sealed/sealing.js';

const newKey = (keyId = 'a') => ({ _tag: 'resolved', keyId, key: randomBytes(32) }) as const;

const place: fc.Arbitrary<Place> = fc.record({
  stream: fc.uuid().map((id) => `citizen-${id}` as StreamName),
  id: fc.uuid() as fc.Arbitrary<EventId>,
  type: fc.constantFrom('ContactCollected', 'ContactErasureBegun', 'NumbersCaptured'),
});
const json = fc.jsonValue() as fc.Arbitrary<Json>;

/** A value that shows itself in any message which repeats content. */
const phone = '03-0000-0001';

test('what was sealed opens in its place', () => {
  const key = newKey();
  fc.assert(
    fc.property(place, json, (here, data) => {
      expect(JSON.stringify(open(key, here, seal(key, here, data)))).toBe(JSON.stringify(data));
    }),
  );
});

test('a box made when this program was young still opens', () => {
  const key = { _tag: 'resolved', keyId: 'a', key: Buffer.alloc(32, 7) } as const;
  const here: Place = {
    stream: 'citizen-0190a0b0-0000-7000-8000-000000000001' as StreamName,
    id: '0190a0b0-0000-7000-8000-00000000000a' as EventId,
    type: 'ContactCollected',
  };
  const sealed = 'CQkJCQkJCQkJCQkJXKf0/NGepEOaQPsLy9qT7+SdU8ME39W9GfLpR6YiCsMW6r4Ytm00Ag==';
  expect(open(key, here, { keyId: 'a', sealed })).toEqual({ phone });
});

test('the same data in the same place is sealed differently each time', () => {
  const key = newKey();
  fc.assert(
    fc.property(place, json, (here, data) => {
      expect(seal(key, here, data).sealed).not.toBe(seal(key, here, data).sealed);
    }),
  );
});

const expectNeverOpens = (key: Parameters<typeof open>[0], here: Place, box: SealedBox) => {
  const opening = () => open(key, here, box);
  expect(opening).toThrow(BrokenSeal);
  expect(opening).not.toThrow(phone);
};

test('a box moved to another stream, event or type never opens', () => {
  const key = newKey();
  fc.assert(
    fc.property(
      place,
      place,
      fc.subarray(['stream', 'id', 'type'] as const, { minLength: 1 }),
      (here, there, fields) => {
        const moved: Place = { ...here, ...Object.fromEntries(fields.map((field) => [field, there[field]])) };
        fc.pre(fields.some((field) => here[field] !== there[field]));
        expectNeverOpens(key, moved, seal(key, here, { phone }));
      },
    ),
  );
});

test('text moved from one part of the place to the next never opens', () => {
  const key = newKey();
  const here = { stream: 'citizen-a', id: 'b', type: 'C' } as unknown as Place;
  for (const there of [
    { stream: 'citizen-', id: 'ab', type: 'C' },
    { stream: 'citizen-ab', id: '', type: 'C' },
    { stream: 'citizen-a', id: '', type: 'bC' },
    { stream: 'citizen-a","b', id: 'C', type: '' },
  ])
    expectNeverOpens(key, there as unknown as Place, seal(key, here, { phone }));
});

test('a box with any bit flipped never opens', () => {
  const key = newKey();
  fc.assert(
    fc.property(place, fc.nat(), (here, at) => {
      const { keyId, sealed } = seal(key, here, { phone });
      const bytes = Buffer.from(sealed, 'base64');
      const bit = at % (bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expectNeverOpens(key, here, { keyId, sealed: bytes.toString('base64') });
    }),
    { numRuns: 1_000 },
  );
});

test('a box spelled in any other way never opens', () => {
  const key = newKey();
  fc.assert(
    fc.property(place, fc.nat(), fc.string({ maxLength: 3 }), fc.nat(3), (here, at, text, removed) => {
      const { keyId, sealed } = seal(key, here, { phone });
      const from = at % (sealed.length + 1);
      const changed = sealed.slice(0, from) + text + sealed.slice(from + removed);
      fc.pre(changed !== sealed);
      expectNeverOpens(key, here, { keyId, sealed: changed });
    }),
    { numRuns: 1_000 },
  );
});

test('a box opens under no other key, whatever it calls itself', () => {
  const [key, other] = [newKey('a'), newKey('b')];
  fc.assert(
    fc.property(place, (here) => {
      const { sealed } = seal(key, here, { phone });
      expectNeverOpens(other, here, { keyId: 'a', sealed });
      expectNeverOpens(other, here, { keyId: 'b', sealed });
      expectNeverOpens(key, here, { keyId: 'b', sealed });
    }),
  );
});
