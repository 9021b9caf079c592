import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/application/ports/clock.js';
import { StoreMisconfigured, StoreUnavailable } from '../../src/application/ports/event-store.js';
import { instant } from '../../src/domain/kernel/time.js';
import { KurrentDbEventStore } from '../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { StandIn } from './stand-in/stand-in.js';
import { append, newEvent, newEvents, newStream } from './synthetic-events.js';

const times = { answerMs: 500, silenceMs: 500, patience: { totalMs: 3_000, pauseMs: [5, 50] as const } };

const started = async (): Promise<StandIn> => {
  const standIn = await StandIn.start();
  onTestFinished(() => standIn.stop());
  return standIn;
};

const opened = async (url: string, clock: Clock = new SystemClock()): Promise<KurrentDbEventStore> => {
  const store = await KurrentDbEventStore.open({ url, clock, times });
  onTestFinished(() => store.close());
  return store;
};

const clientOf = (url: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(url);
  onTestFinished(() => client.dispose());
  return client;
};

const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  const failure: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof Error) return failure;
  throw new Error('it succeeded');
};

const list = <A>(items: AsyncIterable<A>) => Array.fromAsync(items);

describe('what no retry will change is said at once', () => {
  test.each([
    ['an address of another kind', 'http://user:himitsu@localhost:2113', /has not the right form/],
    ['options that are none', 'esdb://user:himitsu@localhost:2113?keepAliveInterval=x', /EVENTSTORE_URL/],
    ['a CA that is not there', 'esdb://user:himitsu@localhost:2113?tlsCAFile=/nowhere.crt', /certificate/],
    ['certificates that are not checked', 'esdb://localhost:2113?tlsVerifyCert=false', /tlsCAFile/],
    ['credentials that would not be sent', 'esdb://user:himitsu@localhost:2113?tls=false', /would not be sent/],
  ])('%s', async (_, url, message) => {
    const failure = await failureOf(opened(url));
    expect(failure).toBeInstanceOf(StoreMisconfigured);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('himitsu');
  });

  test('a server without TLS behind an address that asks for it', async () => {
    const { url } = await started();
    const failure = await failureOf(opened(url.replace('?tls=false', '')));
    expect(failure).toBeInstanceOf(StoreMisconfigured);
  });

  test.each(['unauthenticated', 'access-denied'] as const)('%s: an append is tried once', async (fault) => {
    const standIn = await started();
    const store = await opened(standIn.url);
    void standIn.plan({ fault, call: 'append' });
    const stream = newStream();
    expect(await failureOf(store.append(stream, 'none', newEvents(1))())).toBeInstanceOf(StoreMisconfigured);
    expect(standIn.counts[fault]).toBe(1);
    expect(await list(store.readStream(stream))).toEqual([]);
  });

  test('a database that holds events of something else', async () => {
    const { url } = await started();
    await clientOf(url).appendToStream('orders-1', jsonEvent({ type: 'OrderPlaced', data: {} }));
    const failure = await failureOf(opened(url));
    expect(failure).toBeInstanceOf(StoreMisconfigured);
    expect(failure.message).toMatch(/must be its own/);
  });
});

describe('an outage', () => {
  test('ends in an error of its own once patience has ended', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as { port: number };
    nobody.close();
    await once(nobody, 'close');
    expect(await failureOf(opened(`esdb://127.0.0.1:${port}?tls=false`))).toBeInstanceOf(StoreUnavailable);
  });

  test('is ridden out: what is asked meanwhile is answered when the server is back', async () => {
    const standIn = await started();
    const store = await opened(standIn.url);
    const stream = newStream();
    await append(store, stream, 'none', newEvents(1));
    await standIn.kill();
    const asked = [append(store, stream, 0, newEvents(1)), list(store.readStream(stream)), store.head()] as const;
    await standIn.restart();
    expect((await asked[0]).revision).toBe(1);
    expect((await asked[1]).length).toBeGreaterThan(0);
    await asked[2];
  });

  test('of the feed shows while it lasts, and a slow consumer is none', async () => {
    const standIn = await started();
    const store = await opened(standIn.url);
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { events } of store.subscribe({ signal: stop.signal })) seen.push(...events.map(({ id }) => id));
    })();
    await expect.poll(() => store.feed().state).toBe('live');
    const stored = newEvents(3);
    void standIn.plan({ fault: 'slow-consumer' });
    await append(store, newStream(), 'none', [stored[0]!]);
    await expect.poll(() => store.feed()).toEqual({ state: 'live', resumptions: 1, outages: 0 });
    await standIn.kill();
    await expect.poll(() => store.feed().state).toBe('broken');
    await standIn.restart();
    await append(store, newStream(), 'none', stored.slice(1));
    await expect.poll(() => seen).toEqual(stored.map(({ id }) => id));
    await expect.poll(() => store.feed().state).toBe('live');
    expect(store.feed().outages).toBeGreaterThan(0);
    stop.abort();
    await reading;
  });
});

test('leaves no call open, however a reader stops', async () => {
  const standIn = await started();
  const store = await opened(standIn.url);
  await append(store, newStream(), 'none', newEvents(1_500));
  const filter = { types: ['CallEnded'] };
  for (let n = 0; n < 120; n++) {
    for await (const event of store.readAll(n % 2 === 0 ? {} : { filter })) if (event.revision >= 0) break;
    const stop = new AbortController();
    for await (const { events } of store.subscribe({ filter, signal: stop.signal })) if (events.length > 0) break;
  }
  // The appends' call and the feed's.
  await expect.poll(() => standIn.openCalls).toBeLessThanOrEqual(2);
  expect(await list(store.readAll())).toHaveLength(1_500);
});

test('stamps no event earlier than one that the process has seen, whatever its clock says', async () => {
  const { url } = await started();
  const at = (ms: number): Clock => ({ now: () => instant(Date.UTC(2026, 3, 1) + ms) });
  const [ahead, behind] = [await opened(url, at(60_000)), await opened(url, at(0))];
  const stream = newStream();
  await append(ahead, stream, 'none', newEvents(1));
  await list(behind.readStream(stream));
  await append(behind, stream, 0, newEvents(1));
  const [first, second] = await list(ahead.readStream(stream));
  expect(second!.recordedAt).toBe(first!.recordedAt);
  expect(await list(ahead.readStream(stream, { asOf: first!.recordedAt }))).toHaveLength(2);
});

test('names an event that Madoguchi did not write, instead of passing it over', async () => {
  const { url } = await started();
  const store = await opened(url);
  const client = clientOf(url);
  await client.appendToStream('call-1', jsonEvent({ type: 'CallEnded', data: {} }));
  expect((await failureOf(list(store.readAll()))).message).toMatch(/event 0 of call-1 was not written by Madoguchi/);
});

test('two that open an empty store at once agree on its id', async () => {
  const { url } = await started();
  const stores = await Promise.all(Array.from({ length: 5 }, () => opened(url)));
  expect(new Set(stores.map(({ identity }) => identity.id)).size).toBe(1);
  const stream = newStream();
  await append(stores[0]!, stream, 'none', [newEvent()]);
  for (const store of stores) expect(await list(store.readStream(stream))).toHaveLength(1);
});
