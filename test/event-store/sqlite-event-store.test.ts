import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Clock } from '../../src/application/ports/clock.js';
import type { Position, RecordedEvent } from '../../src/application/ports/event-store.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';
import { openEventReader } from '../../src/infrastructure/event-store/sqlite/sqlite-event-reader.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { tempDir } from '../support/temp-dir.js';
import { eventStoreContract } from './event-store.contract.js';
import { append, newEvent, newEvents, newStream } from './synthetic-events.js';

/** Goes on by a millisecond at each look. */
const steadyClock = (): Clock => {
  let now = Date.UTC(2026, 3, 1);
  return { now: () => instant(now++) };
};

const newFile = () => join(tempDir(), 'events.sqlite');

const open = (file = newFile(), clock = steadyClock()) => {
  const store = SqliteEventStore.open({ file, clock });
  onTestFinished(() => store.close());
  return store;
};

const list = <A>(items: AsyncIterable<A>) => Array.fromAsync(items);

/** The store's own connection: pragmas belong to a connection, not to the file. */
const connection = (store: SqliteEventStore): DatabaseSync => store['db'];

/** Opens what a killed process would leave: the files as they stand before any close. */
const crash = async (store: SqliteEventStore) => {
  const file = newFile();
  const left = connection(store).location()!;
  for (const suffix of ['', '-wal']) copyFileSync(left + suffix, file + suffix);
  await store.close();
  return open(file);
};

eventStoreContract('SqliteEventStore', async () => open(), crash);

test('commits are synced: write-ahead log, synchronous = FULL, in a file for its owner only', () => {
  const file = newFile();
  const db = connection(open(file));
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0];
  expect(pragma('journal_mode')).toBe('wal');
  expect(pragma('synchronous')).toBe(2);
  expect(pragma('busy_timeout')).toBe(5_000);
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600);
});

test('appends of one turn of the event loop share one commit', async () => {
  const store = open();
  const exec = vi.spyOn(connection(store), 'exec');
  await Promise.all(Array.from({ length: 64 }, () => append(store, newStream(), 'none', newEvents(1))));
  expect(exec.mock.calls.flat()).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
});

test('no append is answered before its commit has returned', async () => {
  const store = open();
  const db = connection(store);
  const exec = db.exec.bind(db);
  const happened: string[] = [];
  vi.spyOn(db, 'exec').mockImplementation((sql) => {
    exec(sql);
    happened.push(sql);
  });
  const answered = async () =>
    happened.push(E.isRight(await store.append(newStream(), 'none', newEvents(1))()) ? 'ok' : '');
  await Promise.all([answered(), answered()]);
  expect(happened).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'ok', 'ok']);
});

test('a full disk rejects all appends of the commit and stores none; later they succeed', async () => {
  const store = open();
  const stream = newStream();
  await append(store, stream, 'none', newEvents(2));
  const db = connection(store);
  const before = await list(store.readAll());
  const told: number[] = [];
  const stop = new AbortController();
  const subscribed = (async () => {
    for await (const { events } of store.subscribe({ signal: stop.signal })) told.push(events.length);
  })();

  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 5}`);
  const small = newEvents(1);
  const large = [newEvent('x'.repeat(500_000))];
  const answers = await Promise.allSettled([
    append(store, newStream(), 'none', small),
    append(store, newStream(), 'none', large),
    append(store, stream, 1, newEvents(1)),
  ]);
  for (const answer of answers)
    expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'database or disk is full' } });
  expect(await list(store.readAll())).toEqual(before);
  expect(await store.head()).toBe(before.at(-1)!.position);

  db.exec('PRAGMA max_page_count = 1000000');
  await append(store, newStream(), 'none', small);
  await append(store, newStream(), 'none', large);
  const after = await list(store.readAll());
  expect(after.map(({ id }) => id)).toEqual([...before, ...small, ...large].map(({ id }) => id));
  expect(after.map(({ position }) => Number.parseInt(position.slice(-16), 16))).toEqual([1, 2, 3, 4]);
  stop.abort();
  await subscribed;
  expect(told).toEqual([2, 1, 1]);
});

test('a commit that fails rejects its appends and stores nothing', async () => {
  const store = open();
  const db = connection(store);
  const exec = db.exec.bind(db);
  const broken = vi.spyOn(db, 'exec').mockImplementation((sql) => {
    if (sql === 'COMMIT') throw new Error('disk I/O error');
    exec(sql);
  });
  const events = newEvents(2);
  const stream = newStream();
  await expect(store.append(stream, 'none', events)()).rejects.toThrow('disk I/O error');
  broken.mockRestore();
  expect(await list(store.readAll())).toEqual([]);
  expect(await append(store, stream, 'none', events)).toMatchObject({ revision: 1 });
});

test('what was recorded when never goes back, though the clock does, also over a restart', async () => {
  const file = newFile();
  const times = ['12:00:00.000', '12:00:01.000', '09:00:00.000', '12:00:00.500', '12:00:02.000', '11:00:00.000'];
  let at = 0;
  const clock: Clock = { now: () => `2026-04-01T${times[at++]}Z` as Instant };
  const stream = newStream();
  const first = open(file, clock);
  for (const expected of ['none', 0, 1, 2] as const) await append(first, stream, expected, newEvents(1));
  await first.close();
  const second = open(file, clock);
  for (const expected of [3, 4]) await append(second, stream, expected, newEvents(1));
  const recorded = (await list(second.readStream(stream))).map(({ recordedAt }) => recordedAt.slice(11, -1));
  const late = '12:00:02.000';
  expect(recorded).toEqual(['12:00:00.000', '12:00:01.000', '12:00:01.000', '12:00:01.000', late, late]);
});

test('a new store begins at row 0 of an id of its own, which it keeps', async () => {
  const file = newFile();
  const first = open(file);
  const begin = await first.head();
  expect(begin).toMatch(/^[0-9a-f]{8}-0{16}$/);
  await append(first, newStream(), 'none', newEvents(3));
  const all = await list(first.readAll({ from: begin }));
  expect(all).toHaveLength(3);
  await first.close();
  const again = open(file);
  expect(await list(again.readAll({ from: begin }))).toEqual(all);
  const next = begin.replace(/0$/, '4') as Position;
  await expect(list(again.readAll({ from: next }))).rejects.toMatchObject({ code: 'position_beyond_head' });
  await expect(list(open().readAll({ from: begin }))).rejects.toMatchObject({ code: 'foreign_position' });
});

test('a file that a newer program wrote is refused and left as it is', async () => {
  const file = newFile();
  await open(file).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 99');
  expect(() => SqliteEventStore.open({ file, clock: steadyClock() })).toThrow('newer than this program');
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  db.close();
});

test('closing stores what was appended, ends subscriptions and refuses what comes later', async () => {
  const file = newFile();
  const store = open(file);
  const stream = newStream();
  const ended = list(store.subscribe({ signal: new AbortController().signal }));
  const appended = append(store, stream, 'none', newEvents(2));
  await store.close();
  expect(await appended).toMatchObject({ revision: 1 });
  expect((await ended).flatMap(({ events }) => events).length).toBeLessThanOrEqual(2);
  await expect(store.append(stream, 1, newEvents(1))()).rejects.toThrow('the event store is closed');
  expect(await list(open(file).readStream(stream))).toHaveLength(2);
});

test('a subscription that ended, however it did, leaves nothing behind', async () => {
  const store = open();
  const stop = new AbortController();
  const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener');
  for await (const { live } of store.subscribe({ signal: stop.signal })) if (live) break;
  const failing = async () => {
    for await (const { live } of store.subscribe({ signal: stop.signal }))
      if (live) throw new Error('the consumer failed');
  };
  await expect(failing()).rejects.toThrow('the consumer failed');
  const aborted = list(store.subscribe({ signal: stop.signal }));
  stop.abort();
  await aborted;
  expect(store['commits'].size).toBe(0);
  expect(removed).toHaveBeenCalledTimes(3);
  removed.mockRestore();
});

test('a reader beside the store sees what was committed and cannot write', async () => {
  const file = newFile();
  const store = open(file);
  const reader = openEventReader(file);
  onTestFinished(() => reader.close());
  expect(await reader.head()).toBe(await store.head());
  const seen: RecordedEvent[] = [];
  for (let n = 0; n < 3; n++) {
    await append(store, newStream(), 'none', newEvents(600));
    expect(await reader.head()).toBe(await store.head());
    const last = seen.at(-1)?.position;
    seen.push(...(await list(reader.readAll(last === undefined ? {} : { from: last }))));
  }
  expect(seen).toEqual(await list(store.readAll()));
  expect(() => reader['db'].exec('DELETE FROM events')).toThrow('readonly');
});

test('a reader in the middle of a read holds no snapshot: the log can be emptied', async () => {
  const file = newFile();
  const store = open(file);
  await append(store, newStream(), 'none', newEvents(1_200));
  const reader = openEventReader(file);
  onTestFinished(() => reader.close());
  const reads = [store.readAll(), reader.readAll()].map((events) => events[Symbol.asyncIterator]());
  for (const read of reads) await read.next();
  await append(store, newStream(), 'none', newEvents(1_200));
  expect(connection(store).prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0, log: 0 });
});

test('a page of large events ends early, so that few are held in memory at once', async () => {
  const store = open();
  const large = Array.from({ length: 11 }, (_, n) => newEvent(`${n % 10}`.repeat(1_000_000)));
  const stream = newStream();
  for (const [n, event] of large.entries()) await append(store, stream, n === 0 ? 'none' : n - 1, [event]);
  const ids = large.map(({ id }) => id);
  expect((await list(store.readStream(stream))).map(({ id }) => id)).toEqual(ids);
  expect((await list(store.readAll({ filter: { types: ['CallEnded'] } }))).map(({ id }) => id)).toEqual(ids);
  const stop = new AbortController();
  const batches: number[] = [];
  for await (const { events, live } of store.subscribe({ signal: stop.signal })) {
    batches.push(events.length);
    if (live) break;
  }
  expect(batches).toEqual([5, 5, 1]);
});

test('a long read lets others have their turn', async () => {
  const store = open();
  for (let n = 0; n < 10; n++) await append(store, newStream(), 'none', newEvents(500));
  let appended = 0;
  const read = new AbortController();
  const writer = (async () => {
    for (; !read.signal.aborted; appended++) await append(store, newStream(), 'none', newEvents(1));
  })();
  expect(await list(store.readAll())).toHaveLength(5_000);
  read.abort();
  await writer;
  expect(appended).toBeGreaterThan(3);
});
