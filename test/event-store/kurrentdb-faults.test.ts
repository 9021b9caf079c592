import * as E from 'fp-ts/lib/Either.js';
import { expect, onTestFinished, test } from 'vitest';
import type {
  EventId,
  NewEvent,
  Position,
  RecordedEvent,
  StreamName,
} from '../../src/application/ports/event-store.js';
import { KurrentDbEventStore } from '../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { random } from '../support/random.js';
import type { Fault } from './stand-in/faults.js';
import { StandIn } from './stand-in/stand-in.js';
import { newEvents, newStream } from './synthetic-events.js';

/** What found a fault once. */
const failedOnce = [{ seed: 134_208_549, version: '23.10.8' }];

const ROUNDS = 250;
const WRITERS = 4;
const times = { answerMs: 250, silenceMs: 250, patience: { totalMs: 20_000, pauseMs: [2, 20] as const } };
const FROZEN_MS = 300;

/** Every way in which the server fails, for the calls that the adapter makes. */
const faultsOn = (standIn: StandIn): ReadonlyArray<Fault> => {
  const port = Number(/:(\d+)\?/.exec(standIn.url)![1]);
  return [
    { fault: 'dropped-before', call: 'append' },
    { fault: 'dropped-before', call: 'read' },
    { fault: 'dropped-before', call: 'subscribe' },
    { fault: 'dropped-during', messages: 2, call: 'read' },
    { fault: 'dropped-during', messages: 1, call: 'subscribe' },
    { fault: 'dropped-after-commit' },
    { fault: 'killed-before' },
    { fault: 'killed-after-commit' },
    { fault: 'repeat-in-flight', delayMs: 100 },
    { fault: 'reset', call: 'append' },
    { fault: 'reset', call: 'read', messages: 1 },
    { fault: 'frozen' },
    { fault: 'not-leader', leader: { host: '127.0.0.1', port } },
    { fault: 'not-ready' },
    { fault: 'slow-consumer' },
    { fault: 'stale-features', how: 'internal' },
    { fault: 'unauthenticated' },
    { fault: 'access-denied' },
  ];
};

interface Writer {
  readonly stream: StreamName;
  readonly stored: EventId[];
}

/** Appends, and once more the same when it was told that it is unknown, until it is acknowledged. */
const acknowledged = async (store: KurrentDbEventStore, writer: Writer, events: ReadonlyArray<NewEvent>) => {
  const expected = writer.stored.length === 0 ? 'none' : writer.stored.length - 1;
  for (;;) {
    const answer = await store
      .append(writer.stream, expected, events)()
      .catch(() => undefined);
    if (answer === undefined) continue;
    // Nobody else writes to the stream: a conflict would be with an append of its own, stored and not recognised.
    if (E.isLeft(answer)) throw new Error(`${answer.left._tag} of the only writer`);
    writer.stored.push(...events.map(({ id }) => id));
    expect(answer.right.revision).toBe(writer.stored.length - 1);
    return;
  }
};

const persistently = async <A>(ask: () => Promise<A>): Promise<A> => {
  for (;;) {
    const answer = await ask().then(
      (given) => ({ given }),
      () => undefined,
    );
    if (answer !== undefined) return answer.given;
  }
};

const idsOf = (events: ReadonlyArray<RecordedEvent>) => events.map(({ id }) => id);

const expectRounds = async (seed: number, version: string): Promise<{ events: number; struck: string }> => {
  const chance = random(seed);
  const below = (n: number) => Math.floor(chance() * n);
  const standIn = await StandIn.start({ version });
  onTestFinished(() => standIn.stop());
  const store = await KurrentDbEventStore.open({ url: standIn.url, clock: new SystemClock(), times });
  onTestFinished(() => store.close());

  const seen: RecordedEvent[] = [];
  const stop = new AbortController();
  const subscriber = (async () => {
    for await (const { events } of store.subscribe({ signal: stop.signal })) seen.push(...events);
  })();

  let restarts = Promise.resolve();
  const restart = async () => {
    await standIn.kill();
    await standIn.restart();
  };
  const writers: Writer[] = [];
  const places: Position[] = [];
  const faults = faultsOn(standIn);
  const drawn = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    // Each in turn from a random beginning, so that none is left to luck; at times two at once.
    for (let n = 0; n <= below(2); n++) {
      const fault = faults[(round + n * below(faults.length)) % faults.length]!;
      drawn.set(fault.fault, (drawn.get(fault.fault) ?? 0) + 1);
      const struck = async () => {
        await standIn.plan(fault);
        if (fault.fault === 'frozen') setTimeout(() => standIn.thaw(), FROZEN_MS);
        if (fault.fault.startsWith('killed')) restarts = restarts.then(restart);
      };
      void struck();
    }
    const own = Array.from({ length: WRITERS }, (): Writer => {
      const old = writers.length > 0 && chance() < 0.5 ? writers[below(writers.length)] : undefined;
      return old ?? { stream: newStream(), stored: [] };
    });
    const together = [...new Set(own)];
    for (const writer of together) if (!writers.includes(writer)) writers.push(writer);
    await Promise.all(
      together.map(async (writer) => {
        for (let n = 0; n <= below(3); n++) await acknowledged(store, writer, newEvents(1 + below(3)));
        const stored = await persistently(() => Array.fromAsync(store.readStream(writer.stream)));
        expect(idsOf(stored)).toEqual(writer.stored);
      }),
    );
    places.push(await persistently(() => store.head()));
    const from = places[below(places.length)]!;
    const since = await persistently(() => Array.fromAsync(store.readAll({ from })));
    expect(since.map(({ position }) => position)).toEqual(since.map(({ position }) => position).toSorted());
    standIn.forget();
  }

  const all = await Array.fromAsync(store.readAll());
  expect(idsOf(all).toSorted()).toEqual(writers.flatMap(({ stored }) => stored).toSorted());
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(all.length);
  stop.abort();
  await subscriber;
  expect(idsOf(seen)).toEqual(idsOf(all));
  const struck = Object.entries(standIn.counts).map(([name, count]) => `${name} ${drawn.get(name) ?? 0}/${count}`);
  for (const { fault } of faults) expect(drawn.get(fault)).toBeGreaterThanOrEqual(ROUNDS / 25);
  return { events: all.length, struck: struck.join(', ') };
};

const seed = Date.now() % 2 ** 31;

test.each([...failedOnce, { seed, version: '23.10.8' }, { seed, version: '24.10.0' }])(
  'whatever fails in whatever order, what was acknowledged is stored once, in order, and seen once: %o',
  { timeout: 300_000 },
  async ({ seed, version }) => {
    const { events, struck } = await expectRounds(seed, version);
    expect(events).toBeGreaterThan(ROUNDS);
    console.log(`${events} events in ${ROUNDS} rounds; faults drawn/struck: ${struck}`);
  },
);
