import { describe, expect, test } from 'vitest';
import { BadPosition, type NewEvent, type RecordedEvent } from '../../src/application/ports/event-store.js';
import { StoreMoved } from '../../src/infrastructure/event-store/store-identity.js';
import { OutOfPlace, type TransferableStore } from '../../src/infrastructure/event-store/store-transfer.js';
import { moveEvents, TargetDiffers, type MoveProgress } from '../../src/infrastructure/migrate/move-events.js';
import { append, newEvent, newEvents, newStream } from './synthetic-events.js';

/** A place where a store lies, to be opened again and again. */
export interface PlaceOfStore {
  readonly open: (evenIfMoved?: boolean) => Promise<TransferableStore>;
}

const list = <A>(items: AsyncIterable<A>) => Array.fromAsync(items);
const withoutPosition = ({ position: _, ...event }: RecordedEvent) => event;
const silent = () => undefined;

const sealed = (): NewEvent => ({
  ...newEvent(),
  content: { _tag: 'sealed', box: { keyId: '0190a0b0-0000-7000-8000-000000000009', sealed: 'c2VhbGVk' } },
});

/** Streams in turn, sealed ones among them, in appends of all sizes. */
const fill = async (store: TransferableStore): Promise<void> => {
  const streams = [newStream(), newStream('citizen'), newStream('inquiry')];
  for (let n = 0; n < 40; n++)
    for (const [s, stream] of streams.entries()) {
      const events = s === 1 ? [sealed(), sealed()] : newEvents(2);
      await append(store, stream, n === 0 ? 'none' : n * 2 - 1, events);
    }
  await append(store, newStream(), 'none', newEvents(1_200));
  await append(store, newStream(), 'none', [newEvent('あ'.repeat(300_000))]);
};

/** What a store keeps to whose events are moved from or to another. `make` gives empty places. */
export const transferableStoreContract = (
  name: string,
  make: () => Promise<PlaceOfStore>,
  other: () => Promise<PlaceOfStore>,
): void => {
  describe(`${name} can be moved`, () => {
    test('from and to another store, with order, ids, times and boxes as they were', async () => {
      const source = await (await make()).open();
      const target = await (await other()).open();
      await fill(source);
      const moved = await moveEvents(source, target, silent);
      const originals = await list(source.readAll());
      expect((await list(target.readAll())).map(withoutPosition)).toEqual(originals.map(withoutPosition));
      expect(moved.events).toBe(originals.length);
      const back = await (await make()).open();
      expect(await moveEvents(target, back, silent)).toEqual(moved);
    });

    test('and goes on behind the events that it took over, never back in time', async () => {
      const source = await (await other()).open();
      const target = await (await make()).open();
      const stream = newStream();
      await append(source, stream, 'none', newEvents(3));
      await moveEvents(source, target, silent);
      const { revision } = await append(target, stream, 2, newEvents(1));
      expect(revision).toBe(3);
      const events = await list(target.readStream(stream));
      expect(events.map(({ recordedAt }) => recordedAt)).toEqual(events.map((e) => e.recordedAt).toSorted());
    });

    test('in two goes: what is there is compared, the rest follows', async () => {
      const source = await (await make()).open();
      const target = await (await make()).open();
      await fill(source);
      const all = await list(source.readAll());
      await target.takeOver(all.slice(0, 333));
      const steps: MoveProgress['step'][] = [];
      await moveEvents(source, target, ({ step }) => steps.push(step));
      expect(steps.filter((step) => step === 'comparing')).toHaveLength(333);
      expect((await list(target.readAll())).map(withoutPosition)).toEqual(all.map(withoutPosition));
    });

    test('into no target that holds anything else, and stores nothing there', async () => {
      const source = await (await make()).open();
      await append(source, newStream(), 'none', newEvents(5));
      const target = await (await make()).open();
      await append(target, newStream(), 'none', newEvents(1));
      await expect(moveEvents(source, target, silent)).rejects.toThrow(TargetDiffers);
      expect(await list(target.readAll())).toHaveLength(1);
      const longer = await (await make()).open();
      await moveEvents(source, longer, silent);
      await append(longer, newStream(), 'none', newEvents(1));
      await expect(moveEvents(source, longer, silent)).rejects.toThrow(TargetDiffers);
    });

    test('but takes over no event that does not follow the last of its stream', async () => {
      const source = await (await make()).open();
      await append(source, newStream(), 'none', newEvents(3));
      const [first, , third] = await list(source.readAll());
      const target = await (await make()).open();
      await expect(target.takeOver([third!])).rejects.toThrow(OutOfPlace);
      await target.takeOver([first!]);
      await expect(target.takeOver([{ ...first!, id: newEvent().id }])).rejects.toThrow(OutOfPlace);
      expect(await list(target.readAll())).toHaveLength(1);
    });

    test('does not open once its events are elsewhere, until they come back', async () => {
      const place = await make();
      const store = await place.open();
      await store.note({ direction: 'away', store: 'abcdef01' });
      await store.note({ direction: 'away', store: 'abcdef01' });
      await store.close();
      await expect(place.open()).rejects.toThrow(StoreMoved);
      await expect(place.open()).rejects.toThrow(/abcdef01/);
      const again = await place.open(true);
      expect(again.identity.movedTo).toBe('abcdef01');
      await again.note({ direction: 'here', store: 'abcdef01' });
      await again.close();
      const { identity } = await place.open();
      expect(identity.movedFrom).toEqual(['abcdef01']);
      expect(identity.movedTo).toBeUndefined();
    });

    test('gives all that was moved as soon as it is there, whatever the store notes of itself behind it', async () => {
      const source = await (await other()).open();
      await fill(source);
      const place = await make();
      const target = await place.open();
      await target.note({ direction: 'away', store: source.identity.id });
      await moveEvents(source, target, silent);
      await target.note({ direction: 'here', store: source.identity.id });
      await target.close();
      const moved = await place.open();
      const all = await list(moved.readAll());
      expect(all.map(withoutPosition)).toEqual((await list(source.readAll())).map(withoutPosition));
      expect(await list(moved.readAll({ limit: 1 }))).toEqual(all.slice(0, 1));
      expect(await list(moved.readAll({ from: all.at(-2)!.position, limit: 1 }))).toEqual(all.slice(-1));
      expect(await list(moved.readAll({ from: all.at(-1)!.position, limit: 1 }))).toEqual([]);
      // Moved on from there, nothing is left behind.
      const next = await (await other()).open();
      expect((await moveEvents(moved, next, silent)).events).toBe(all.length);
      const { events, checkpoint } = (
        await moved.subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator]().next()
      ).value!;
      expect(events.length).toBeGreaterThan(0);
      await append(moved, newStream(), 'none', newEvents(1));
      expect(await list(moved.readAll({ from: checkpoint }))).toHaveLength(all.length - events.length + 1);
    });

    test('says of a position of the store before that it is one', async () => {
      const source = await (await make()).open();
      const { position: from } = await append(source, newStream(), 'none', newEvents(1));
      const place = await make();
      const target = await place.open();
      await moveEvents(source, target, silent);
      await target.note({ direction: 'here', store: source.identity.id });
      await target.close();
      const moved = await place.open();
      await expect(list(moved.readAll({ from }))).rejects.toThrow(BadPosition);
      await expect(list(moved.readAll({ from }))).rejects.toThrow(/whose events were moved here: ask again without it/);
    });
  });
};
