import * as E from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BadPosition,
  type Batch,
  type EventId,
  type EventStore,
  type Filter,
  type Json,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type StreamName,
} from '../../src/application/ports/event-store.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { agreesWithModel, steps } from './event-store-model.js';
import { append, newEvent, newEvents, newStream } from './synthetic-events.js';

const MIB = 1_048_576;

const list = <A>(items: AsyncIterable<A>) => Array.fromAsync(items);
const idsOf = (events: ReadonlyArray<{ readonly id: EventId }>) => events.map(({ id }) => id);

/** Reads batches until `enough` says so. */
const batchesUntil = async (
  batches: AsyncIterable<Batch>,
  enough: (events: ReadonlyArray<RecordedEvent>, batch: Batch) => boolean,
) => {
  const taken: Batch[] = [];
  const events: RecordedEvent[] = [];
  for await (const batch of batches) {
    taken.push(batch);
    events.push(...batch.events);
    if (enough(events, batch)) break;
  }
  return { taken, events };
};

/** Positions that a store never gave, made from one that it gave. */
const foreign = (own: Position): Position => `${own.startsWith('a') ? 'b' : 'a'}${own.slice(1)}` as Position;
const beyond = (own: Position): Position => (own.slice(0, 9) + own.slice(9).replaceAll(/[0-9a-f]/g, 'f')) as Position;

/**
 * What every event store keeps to. `open` gives a store, which may hold events already, and closes it when the test
 * ends. Its streams take events as they are given. `crash` gives, closed likewise, the store that follows when one was
 * not closed; without it none crashes.
 */
export const eventStoreContract = <S extends EventStore>(
  name: string,
  open: () => Promise<S>,
  crash: (store: S) => Promise<S> = async (store) => store,
): void => {
  const never = new AbortController().signal;

  describe(`${name} keeps to the contract of event stores: append`, () => {
    test('counts revisions from 0 without gaps and answers with those of the last event', async () => {
      const store = await open();
      const stream = newStream();
      const first = await append(store, stream, 'none', newEvents(2));
      const second = await append(store, stream, 1, newEvents(3));
      const events = await list(store.readStream(stream));
      expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
      expect(first).toEqual({ revision: 1, position: events[1]!.position });
      expect(second).toEqual({ revision: 4, position: events[4]!.position });
      expect(await store.head()).toBe(second.position);
    });

    test('gives back all that an event was stored with', async () => {
      const store = await open();
      const stream = newStream();
      const from = await store.head();
      const plain = newEvent({ text: '窓口' });
      const traced = newEvent([]);
      const metadata = { ...traced.metadata, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      const sealed: NewEvent = {
        ...newEvent(),
        content: { _tag: 'sealed', box: { keyId: '0190a0b0-0000-7000-8000-000000000009', sealed: 'c2VhbGVk' } },
      };
      const given = [plain, { ...traced, metadata }, sealed];
      await append(store, stream, 'none', given);
      const inStream = await list(store.readStream(stream));
      expect(inStream.map(({ id, type, content, metadata }) => ({ id, type, content, metadata }))).toEqual(given);
      expect(inStream.map((event) => event.stream)).toEqual([stream, stream, stream]);
      expect(await list(store.readAll({ from }))).toEqual(inStream);
    });

    test.each<[string, Json]>([
      ['astral characters', '𠮷野家 👩‍👩‍👧 𩸽'],
      ['line and paragraph separators', 'a\u2028b\u2029c\r\n\u0085'],
      ['NUL and other control characters', '\u0000\u0001\u001f\u007f'],
      ['a lone surrogate', 'x\ud83d'],
      ['composed and decomposed characters', ['が', 'が', 'ｶﾞ']],
      ['empty things', { object: {}, array: [], text: '', '': null }],
      ['names that objects have', JSON.parse('{"__proto__":{"a":1},"constructor":1,"toString":"x"}') as Json],
      ['numbers at the edges', [0, -1.5, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER]],
      ['SQL and JSON marks', `'; DROP TABLE events; -- "\\" \\u0000`],
      ['no object at all', null],
      ['a thousand levels', Array.from({ length: 1_000 }).reduce<Json>((inner) => [inner], 'deep')],
    ])('stores %s unchanged', async (_, data) => {
      const store = await open();
      const stream = newStream();
      await append(store, stream, 'none', [newEvent(data)]);
      const [stored] = await list(store.readStream(stream));
      expect(JSON.stringify(stored!.content)).toBe(JSON.stringify({ _tag: 'plain', data }));
    });

    test('stores any JSON unchanged', async () => {
      const store = await open();
      await fc.assert(
        fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1, maxLength: 20 }), async (values) => {
          const stream = newStream();
          await append(
            store,
            stream,
            'none',
            values.map((data) => newEvent(data as Json)),
          );
          const stored = await list(store.readStream(stream));
          expect(stored.map(({ content }) => JSON.stringify(content))).toEqual(
            values.map((data) => JSON.stringify({ _tag: 'plain', data })),
          );
        }),
      );
    });

    test('takes an event of 1 MiB, counted in bytes', async () => {
      const store = await open();
      const stream = newStream();
      const ascii = 'x'.repeat(MIB - 2);
      const japanese = 'あ'.repeat(Math.floor((MIB - 2) / 3));
      await append(store, stream, 'none', [newEvent(ascii)]);
      await append(store, stream, 0, [newEvent(japanese)]);
      const stored = await list(store.readStream(stream));
      expect(stored.map(({ content }) => content._tag === 'plain' && content.data)).toEqual([ascii, japanese]);
    });

    const twice = newEvent();
    const sealed = (length: number): NewEvent => ({
      ...newEvent(),
      content: { _tag: 'sealed', box: { keyId: 'k', sealed: 'x'.repeat(length) } },
    });
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    test.each<[string, string, string, ReadonlyArray<NewEvent>]>([
      ['no events', 'empty_append', newStream(), []],
      ['an id twice', 'repeated_event_id', newStream(), [twice, newEvent(), twice]],
      ['one byte over 1 MiB', 'event_too_large', newStream(), [newEvent(), newEvent('x'.repeat(MIB - 1))]],
      ['more bytes than characters', 'event_too_large', newStream(), [newEvent('あ'.repeat(MIB / 3))]],
      [
        'events of more than 1 MiB together',
        'append_too_large',
        newStream(),
        [newEvent('x'.repeat(MIB / 2)), newEvent('x'.repeat(MIB / 2))],
      ],
      ['a large box', 'event_too_large', newStream(), [sealed(MIB + 1)]],
      ['a stream without a category', 'bad_stream_name', 'call', newEvents(1)],
      ['a stream without an id', 'bad_stream_name', 'call-', newEvents(1)],
      ['a stream in capitals', 'bad_stream_name', 'Call-1', newEvents(1)],
      ['a stream of the system', 'bad_stream_name', '$call-1', newEvents(1)],
      ['a stream with a line feed', 'bad_stream_name', 'call-1\n', newEvents(1)],
      ['a stream of 201 characters', 'bad_stream_name', `call-${'1'.repeat(196)}`, newEvents(1)],
      ['an empty type', 'bad_event', newStream(), [newEvent({}, '')]],
      ['a type of the system', 'bad_event', newStream(), [newEvent({}, '$metadata')]],
      ['an id that is no UUID', 'bad_event', newStream(), [{ ...newEvent(), id: 'one' as EventId }]],
      ['an id in capitals', 'bad_event', newStream(), [{ ...twice, id: twice.id.toUpperCase() as EventId }]],
      ['data that is no JSON', 'bad_event', newStream(), [newEvent(1n as never)]],
      ['data without a value', 'bad_event', newStream(), [newEvent((() => 1) as never)]],
      ['data in a circle', 'bad_event', newStream(), [newEvent(cyclic as never)]],
    ])('refuses %s and stores nothing', async (_, code, stream, events) => {
      const store = await open();
      const from = await store.head();
      const refused = await store.append(stream as StreamName, 'none', events)();
      expect(refused).toMatchObject({ _tag: 'Left', left: { _tag: 'refused', code } });
      expect(await list(store.readAll({ from }))).toEqual([]);
    });

    test('takes a stream name of 200 characters', async () => {
      const store = await open();
      const stream = `${newStream()}-`.padEnd(200, '0') as StreamName;
      await append(store, stream, 'none', newEvents(1));
      expect(await list(store.readStream(stream))).toHaveLength(1);
    });

    test('finds a conflict with any revision but the last', async () => {
      const store = await open();
      const stream = newStream();
      expect(await store.append(stream, 0, newEvents(1))()).toEqual(E.left({ _tag: 'conflict', stream, expected: 0 }));
      await append(store, stream, 'none', newEvents(3));
      for (const expected of ['none', 0, 1, 3, 1_000_000] as const)
        expect(await store.append(stream, expected, newEvents(1))()).toEqual(
          E.left({ _tag: 'conflict', stream, expected }),
        );
      expect(await list(store.readStream(stream))).toHaveLength(3);
    });

    test('lets one of many win that expect the same', async () => {
      const store = await open();
      const stream = newStream();
      const given = newEvents(50);
      const answers = await Promise.all(given.map((event) => store.append(stream, 'none', [event])()));
      expect(answers.filter(E.isRight)).toHaveLength(1);
      const winner = given[answers.findIndex(E.isRight)]!;
      expect(idsOf(await list(store.readStream(stream)))).toEqual([winner.id]);
    });

    test('fails the one that conflicts and none of those beside it', async () => {
      const store = await open();
      const taken = newStream();
      await append(store, taken, 'none', newEvents(1));
      const streams = Array.from({ length: 40 }, (_, n) => (n % 4 === 0 ? taken : newStream()));
      const answers = await Promise.all(streams.map((stream) => store.append(stream, 'none', newEvents(2))()));
      expect(answers.map(E.isRight)).toEqual(streams.map((stream) => stream !== taken));
      expect(await list(store.readStream(taken))).toHaveLength(1);
    });

    test('lets all in who load again after a conflict, each once', async () => {
      const store = await open();
      const stream = newStream();
      const given = newEvents(20);
      await Promise.all(
        given.map(async (event) => {
          for (;;) {
            const [last] = await list(store.readStream(stream, { direction: 'backwards', limit: 1 }));
            const answer = await store.append(stream, last?.revision ?? 'none', [event])();
            if (E.isRight(answer)) return;
          }
        }),
      );
      expect(idsOf(await list(store.readStream(stream))).toSorted()).toEqual(idsOf(given).toSorted());
    });

    test('answers a repeat as the first time and stores nothing', async () => {
      const store = await open();
      const stream = newStream();
      const [first, second] = [newEvents(2), newEvents(3)];
      const answers = [await append(store, stream, 'none', first), await append(store, stream, 1, second)];
      await append(store, stream, 4, newEvents(1));
      const before = await store.head();
      expect([await append(store, stream, 'none', first), await append(store, stream, 1, second)]).toEqual(answers);
      expect(await store.head()).toBe(before);
    });

    test('stores once what is appended twice at once', async () => {
      const store = await open();
      const stream = newStream();
      const events = newEvents(2);
      const answers = await Promise.all([1, 2, 3].map(() => append(store, stream, 'none', events)));
      expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
      expect(idsOf(await list(store.readStream(stream)))).toEqual(idsOf(events));
    });

    test('takes nothing for a repeat but the same ids, in their order, in their place', async () => {
      const store = await open();
      const stream = newStream();
      const [a, b, c] = newEvents(3) as [NewEvent, NewEvent, NewEvent];
      await append(store, stream, 'none', [a, b]);
      await append(store, stream, 1, [c]);
      for (const [expected, events] of [
        ['none', [b, a]],
        ['none', [a, newEvent()]],
        ['none', [a, b, c, newEvent()]],
        ['none', [b]],
        [0, [a]],
        [1, [c, newEvent()]],
      ] as const)
        expect(await store.append(stream, expected, events)()).toMatchObject({ left: { _tag: 'conflict' } });
      expect(idsOf(await list(store.readStream(stream)))).toEqual([a.id, b.id, c.id]);
    });

    test('writes nothing until it is run, and then each time anew', async () => {
      const store = await open();
      const stream = newStream();
      const task = store.append(stream, 'none', newEvents(1));
      expect(await list(store.readStream(stream))).toEqual([]);
      expect(await task()).toEqual(await task());
    });
  });

  describe(`${name} keeps to the contract of event stores: read`, () => {
    test('gives all events in one order, which is the byte order of their positions', async () => {
      const store = await open();
      const from = await store.head();
      const streams = Array.from({ length: 10 }, () => newStream());
      for (let round = 0; round < 5; round++)
        await Promise.all(streams.map((s) => append(store, s, round === 0 ? 'none' : round * 2 - 1, newEvents(2))));
      const events = await list(store.readAll({ from }));
      expect(events).toHaveLength(100);
      const positions = events.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].toSorted());
      expect(new Set(positions.map(({ length }) => length))).toEqual(new Set([from.length]));
      expect(positions.at(-1)).toBe(await store.head());
      const times = events.map(({ recordedAt }) => recordedAt);
      expect(times).toEqual(times.toSorted());
      for (const stream of streams)
        expect(events.filter((event) => event.stream === stream)).toEqual(await list(store.readStream(stream)));
    });

    test('begins at the beginning without a position', async () => {
      const store = await open();
      const stream = newStream();
      await append(store, stream, 'none', newEvents(3));
      const all = await list(store.readAll());
      expect(idsOf(all.slice(-3))).toEqual(idsOf(await list(store.readStream(stream))));
      expect(await list(store.readAll({ limit: 1 }))).toEqual(all.slice(0, 1));
    });

    test('gives nothing of a stream that does not exist, nor after its end', async () => {
      const store = await open();
      const stream = newStream();
      expect(await list(store.readStream(stream))).toEqual([]);
      await append(store, stream, 'none', newEvents(2));
      expect(await list(store.readStream(stream, { from: 1 }))).toEqual([]);
      expect(await list(store.readStream(stream, { direction: 'backwards', from: 0 }))).toEqual([]);
      expect(await list(store.readAll({ from: await store.head() }))).toEqual([]);
    });

    test('reads streams forwards and backwards, exclusive of `from`, over many pages', async () => {
      const store = await open();
      const stream = newStream();
      for (let n = 0; n < 1_200; n += 400) await append(store, stream, n === 0 ? 'none' : n - 1, newEvents(400));
      await append(store, newStream(), 'none', newEvents(1));
      const revisions = async (options: Parameters<EventStore['readStream']>[1]) =>
        (await list(store.readStream(stream, options))).map(({ revision }) => revision);
      const upwards = Array.from({ length: 1_200 }, (_, n) => n);
      expect(await revisions({})).toEqual(upwards);
      expect(await revisions({ direction: 'backwards' })).toEqual(upwards.toReversed());
      for (const [from, limit] of [
        [0, 10],
        [3, 500],
        [698, 501],
        [1_198, 5],
      ] as const) {
        expect(await revisions({ from, limit })).toEqual(upwards.slice(from + 1, from + 1 + limit));
        expect(await revisions({ direction: 'backwards', from, limit })).toEqual(
          upwards.slice(0, from).toReversed().slice(0, limit),
        );
      }
    });

    test('reads a stream as of any moment', async () => {
      const store = await open();
      const stream = newStream();
      const times = new Set<Instant>();
      for (let n = 0; times.size < 4; n++) {
        await append(store, stream, n === 0 ? 'none' : n - 1, newEvents(1));
        for await (const { recordedAt } of store.readStream(stream, { from: n - 1 })) times.add(recordedAt);
      }
      const all = await list(store.readStream(stream));
      for (const asOf of times) {
        const then = all.filter(({ recordedAt }) => recordedAt <= asOf);
        expect(await list(store.readStream(stream, { asOf }))).toEqual(then);
        expect(await list(store.readStream(stream, { asOf, direction: 'backwards', limit: 2 }))).toEqual(
          then.toReversed().slice(0, 2),
        );
      }
      expect(await list(store.readStream(stream, { asOf: '1970-01-01T00:00:00.000Z' as Instant }))).toEqual([]);
    });

    test('reads all exclusive of `from`, with a limit', async () => {
      const store = await open();
      const from = await store.head();
      await append(store, newStream(), 'none', newEvents(600));
      await append(store, newStream(), 'none', newEvents(600));
      const all = await list(store.readAll({ from }));
      for (const n of [0, 1, 498, 499, 500, 1_198, 1_199]) {
        const rest = all.slice(n + 1);
        expect(await list(store.readAll({ from: all[n]!.position }))).toEqual(rest);
        expect(await list(store.readAll({ from: all[n]!.position, limit: 501 }))).toEqual(rest.slice(0, 501));
      }
    });

    test('filters by prefix of stream and by type', async () => {
      const store = await open();
      const from = await store.head();
      for (const category of ['call', 'caller', 'citizen', 'zz'])
        for (const type of ['CallEnded', 'CallAnswered', 'Callended'])
          await append(store, newStream(category), 'none', [newEvent({}, type)]);
      const all = await list(store.readAll({ from }));
      const matching = async (filter: Filter) => {
        const found = await list(store.readAll({ from, filter }));
        // The order and the whole event are as without a filter.
        expect(found).toEqual(all.filter(({ id }) => found.some((event) => event.id === id)));
        return found.map(({ stream, type }) => `${stream.slice(0, stream.indexOf('-'))} ${type}`);
      };
      const three = (category: string) => [
        `${category} CallEnded`,
        `${category} CallAnswered`,
        `${category} Callended`,
      ];
      expect(await matching({})).toHaveLength(12);
      expect(await matching({ streamPrefixes: ['call-'] })).toEqual(three('call'));
      expect(await matching({ streamPrefixes: ['call'] })).toEqual([...three('call'), ...three('caller')]);
      expect(await matching({ streamPrefixes: ['zz-', 'citizen-'] })).toEqual([...three('citizen'), ...three('zz')]);
      expect(await matching({ streamPrefixes: [all[0]!.stream] })).toEqual(['call CallEnded']);
      expect(await matching({ streamPrefixes: [''] })).toHaveLength(12);
      expect(await matching({ streamPrefixes: ['call_', 'c%', 'CALL-', '窓口'] })).toEqual([]);
      expect(await matching({ types: ['CallAnswered'], streamPrefixes: ['call-', 'zz'] })).toEqual([
        'call CallAnswered',
        'zz CallAnswered',
      ]);
      expect(await matching({ types: ['CallEnded', 'CallAnswered'] })).toHaveLength(8);
      expect(await matching({ types: ['Call'] })).toEqual([]);
      expect(await matching({ types: [] })).toEqual([]);
      expect(await matching({ streamPrefixes: [] })).toEqual([]);
    });

    test('finds the few that match among many that do not', async () => {
      const store = await open();
      const from = await store.head();
      const filter = { types: ['CallAnswered'] };
      const rare = newEvents(3, 'CallAnswered');
      for (const event of rare) {
        for (let n = 0; n < 8; n++) await append(store, newStream(), 'none', newEvents(500));
        await append(store, newStream(), 'none', [event]);
      }
      expect(idsOf(await list(store.readAll({ from, filter })))).toEqual(idsOf(rare));
      expect(idsOf(await list(store.readAll({ from, filter, limit: 2 })))).toEqual(idsOf(rare.slice(0, 2)));
    });

    test('ends at the head as it was when reading began', async () => {
      const store = await open();
      const from = await store.head();
      await append(store, newStream(), 'none', newEvents(700));
      const seen: RecordedEvent[] = [];
      for await (const event of store.readAll({ from })) {
        if (seen.length % 100 === 0) await append(store, newStream(), 'none', newEvents(1));
        seen.push(event);
      }
      expect(seen).toHaveLength(700);
      expect(await list(store.readAll({ from }))).toHaveLength(707);
    });

    test('lets a reader stop at any event, and others read at the same time', async () => {
      const store = await open();
      const from = await store.head();
      await append(store, newStream(), 'none', newEvents(1_100));
      const all = idsOf(await list(store.readAll({ from })));
      const upTo = async (count: number) => {
        const seen: EventId[] = [];
        for await (const { id } of store.readAll({ from })) {
          seen.push(id);
          if (seen.length === count) break;
        }
        return seen;
      };
      const counts = [1, 499, 500, 501, 1_100];
      expect(await Promise.all(counts.map(upTo))).toEqual(counts.map((count) => all.slice(0, count)));
    });

    test.each<[string, BadPosition['code'], (own: Position) => string]>([
      ['of another store', 'foreign_position', foreign],
      ['beyond the head', 'position_beyond_head', beyond],
      ['that is empty', 'foreign_position', () => ''],
      ['that is cut off', 'foreign_position', (own) => own.slice(0, -1)],
      ['that goes on', 'foreign_position', (own) => `${own}0`],
      ['in capitals', 'foreign_position', (own) => `${own.slice(0, -1)}A`],
      ['that is a number', 'foreign_position', () => '0'],
    ])('refuses a position %s', async (_, code, make) => {
      const store = await open();
      await append(store, newStream(), 'none', newEvents(1));
      const from = make(await store.head()) as Position;
      await expect(list(store.readAll({ from }))).rejects.toMatchObject({ code });
      await expect(list(store.readAll({ from }))).rejects.toBeInstanceOf(BadPosition);
      await expect(list(store.subscribe({ from, signal: never }))).rejects.toMatchObject({ code });
    });
  });

  describe(`${name} keeps to the contract of event stores: subscribe`, () => {
    test('says at once that a subscriber stands at the head', async () => {
      const store = await open();
      await append(store, newStream(), 'none', newEvents(1));
      const from = await store.head();
      const { taken } = await batchesUntil(store.subscribe({ from, signal: never }), () => true);
      expect(taken).toEqual([{ events: [], checkpoint: from, live: true }]);
    });

    test('catches up in batches of at most 500, then stays live', async () => {
      const store = await open();
      const from = await store.head();
      await append(store, newStream(), 'none', newEvents(1_234));
      let written = false;
      const { taken, events } = await batchesUntil(store.subscribe({ from, signal: never }), (events, { live }) => {
        if (live && !written) {
          written = true;
          void append(store, newStream(), 'none', newEvents(3));
        }
        return events.length === 1_237;
      });
      expect(idsOf(events)).toEqual(idsOf(await list(store.readAll({ from }))));
      expect(Math.max(...taken.map((batch) => batch.events.length))).toBeLessThanOrEqual(500);
      expect(taken[0]!.live).toBe(false);
      expect(taken.at(-1)!.live).toBe(true);
      expect(taken.at(-1)!.checkpoint).toBe(await store.head());
      for (const { events, checkpoint } of taken)
        expect(events.every(({ position }) => position <= checkpoint)).toBe(true);
    });

    test('misses and doubles nothing when it goes over from catching up to live under load', async () => {
      const store = await open();
      const from = await store.head();
      await append(store, newStream(), 'none', newEvents(1_000));
      const writer = async () => {
        const stream = newStream();
        for (let n = 0; n < 150; n++) await append(store, stream, n === 0 ? 'none' : n * 2 - 1, newEvents(2));
      };
      const total = 1_000 + 8 * 300;
      const subscribers = [1, 2, 3].map(() =>
        batchesUntil(store.subscribe({ from, signal: never }), ({ length }) => length >= total),
      );
      await Promise.all(Array.from({ length: 8 }, writer));
      const all = idsOf(await list(store.readAll({ from })));
      expect(all).toHaveLength(total);
      for (const { events } of await Promise.all(subscribers)) expect(idsOf(events)).toEqual(all);
    });

    test('serves many subscribers at once, and appends and reads beside them', async () => {
      const store = await open();
      const from = await store.head();
      const stop = new AbortController();
      const subscribers = Array.from({ length: 150 }, () =>
        store.subscribe({ from, signal: stop.signal })[Symbol.asyncIterator](),
      );
      const first = await Promise.all(subscribers.map((subscriber) => subscriber.next()));
      expect(first.every(({ value }) => value?.live)).toBe(true);
      const next = subscribers.map((subscriber) => subscriber.next());
      const event = newEvent();
      const { position } = await append(store, newStream(), 'none', [event]);
      expect(idsOf(await list(store.readAll({ from })))).toEqual([event.id]);
      for (const { value } of await Promise.all(next)) {
        expect(idsOf(value!.events)).toEqual([event.id]);
        expect(value!.checkpoint).toBe(position);
      }
      const ends = subscribers.map((subscriber) => subscriber.next());
      stop.abort();
      for (const end of await Promise.all(ends)) expect(end).toEqual({ done: true, value: undefined });
    });

    test('waits for a consumer that is busy, and gives it in order what came meanwhile', async () => {
      const store = await open();
      const from = await store.head();
      let batches = 0;
      const { taken, events } = await batchesUntil(
        (async function* () {
          for await (const batch of store.subscribe({ from, signal: never })) {
            if (batches++ === 0) for (let n = 0; n < 3; n++) await append(store, newStream(), 'none', newEvents(500));
            yield batch;
          }
        })(),
        ({ length }) => length === 1_500,
      );
      expect(events).toEqual(await list(store.readAll({ from })));
      expect(Math.max(...taken.map((batch) => batch.events.length))).toBeLessThanOrEqual(500);
    });

    test('moves the checkpoint past events that do not match', async () => {
      const store = await open();
      const from = await store.head();
      const filter = { types: ['CallAnswered'], streamPrefixes: ['call-'] };
      await append(store, newStream(), 'none', newEvents(1_200));
      await append(store, newStream(), 'none', newEvents(1, 'CallAnswered'));
      await append(store, newStream('caller'), 'none', newEvents(2, 'CallAnswered'));
      const caughtUp = await store.head();
      let last: Position | undefined;
      const { taken, events } = await batchesUntil(store.subscribe({ from, filter, signal: never }), (_, batch) => {
        // Live as well: nobody who waits for the position of an event of no interest waits for ever.
        if (batch.checkpoint === caughtUp) void append(store, newStream(), 'none', newEvents(2));
        last = batch.checkpoint;
        return batch.checkpoint > caughtUp;
      });
      expect(events.map(({ type }) => type)).toEqual(['CallAnswered']);
      expect(last).toBe(await store.head());
      const checkpoints = taken.map(({ checkpoint }) => checkpoint);
      expect(checkpoints).toEqual([...new Set(checkpoints)].toSorted());
    });

    test('goes on from any checkpoint as if it had never stopped', async () => {
      const store = await open();
      const from = await store.head();
      for (let n = 0; n < 4; n++) {
        await append(store, newStream(), 'none', newEvents(300));
        await append(store, newStream(), 'none', newEvents(300, 'CallAnswered'));
      }
      const filter = { types: ['CallAnswered'] };
      const ids: EventId[] = [];
      let checkpoint = from;
      for (let live = false; !live;) {
        const { taken } = await batchesUntil(store.subscribe({ from: checkpoint, filter, signal: never }), () => true);
        ids.push(...idsOf(taken[0]!.events));
        ({ checkpoint, live } = taken[0]!);
      }
      expect(ids).toEqual(idsOf(await list(store.readAll({ from, filter }))));
      expect(ids).toHaveLength(1_200);
    });

    test('gives nothing when it was aborted before it began', async () => {
      const store = await open();
      await append(store, newStream(), 'none', newEvents(1));
      expect(await list(store.subscribe({ signal: AbortSignal.abort() }))).toEqual([]);
    });

    test('ends without an error when it is aborted while it waits', async () => {
      const store = await open();
      const from = await store.head();
      const stop = new AbortController();
      const waiting = store.subscribe({ from, signal: stop.signal })[Symbol.asyncIterator]();
      expect(await waiting.next()).toMatchObject({ done: false, value: { live: true } });
      const next = waiting.next();
      stop.abort();
      expect(await next).toEqual({ done: true, value: undefined });
    });

    test('ends after the batch at hand when it is aborted while catching up', async () => {
      const store = await open();
      const from = await store.head();
      await append(store, newStream(), 'none', newEvents(1_500));
      const stop = new AbortController();
      let batches = 0;
      for await (const { live } of store.subscribe({ from, signal: stop.signal })) {
        expect(live).toBe(false);
        batches++;
        stop.abort();
      }
      expect(batches).toBe(1);
    });

    test('lets the store be used as before after many were broken off', async () => {
      const store = await open();
      const stop = new AbortController();
      for (let n = 0; n < 200; n++)
        await batchesUntil(store.subscribe({ from: await store.head(), signal: stop.signal }), () => true);
      const from = await store.head();
      await append(store, newStream(), 'none', newEvents(2));
      expect(await list(store.readAll({ from }))).toHaveLength(2);
      const { events } = await batchesUntil(
        store.subscribe({ from, signal: stop.signal }),
        ({ length }) => length === 2,
      );
      expect(events).toHaveLength(2);
    });
  });

  describe(`${name} keeps to the contract of event stores: altogether`, () => {
    // A server may be far: each step asks several times.
    test('answers whatever is asked in whatever order as a list in memory would', { timeout: 120_000 }, async () => {
      let store = await open();
      await fc.assert(
        fc.asyncProperty(steps, (plan) =>
          agreesWithModel(
            () => store,
            plan,
            async () => {
              store = await crash(store);
            },
          ),
        ),
        { numRuns: 150 },
      );
    });
  });
};
