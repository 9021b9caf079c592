import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import type { EventId, Position, RecordedEvent } from '../../src/application/ports/event-store.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { random } from '../support/random.js';
import { tempDir } from '../support/temp-dir.js';
import { typescriptChild } from '../support/typescript-child.js';

const ROUNDS = 200;
const SEED = Number(process.env['CRASH_SEED'] ?? 20_260_401);
/** From the first acknowledgement on: the child is killed somewhere in the midst of its commits. */
const LONGEST_LIFE_MS = 120;

const program = new URL('./append-until-killed.ts', import.meta.url);

/** Which event was acknowledged in which place: `<stream> <revision>`. */
type Acknowledged = ReadonlyMap<string, EventId>;

/** Starts the child, kills it some time after its first acknowledgement, and gives what it had said. */
const appendUntilKilled = async (file: string, round: number, lifeMs: number): Promise<Acknowledged> => {
  const child = typescriptChild(program, [file, `${round}`]);
  const exited = once(child, 'exit');
  const said = new Map<string, EventId>();
  for await (const line of createInterface(child.stdout)) {
    if (said.size === 0) setTimeout(() => child.kill('SIGKILL'), lifeMs);
    const [stream, revision, ...ids] = line.split(' ') as [string, string, ...EventId[]];
    for (const [n, id] of ids.entries()) said.set(`${stream} ${Number(revision) + 1 - ids.length + n}`, id);
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return said;
};

/**
 * Fails unless the events stand in order, each once, among them all that were acknowledged, and every append is there
 * whole or not at all.
 */
const expectAll = (events: ReadonlyArray<RecordedEvent>, acknowledged: Acknowledged) => {
  const positions = events.map(({ position }) => position);
  expect(positions).toEqual([...new Set(positions)].toSorted());
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const ids = new Map(events.map(({ stream, revision, id }) => [`${stream} ${revision}`, id]));
  expect([...acknowledged].filter(([place, id]) => ids.get(place) !== id)).toEqual([]);
  for (const stream of new Set(events.map((event) => event.stream))) {
    const own = events.filter((event) => event.stream === stream);
    expect(own.map(({ revision }) => revision)).toEqual([...own.keys()]);
    // A writer waits for each answer: only its last append can have been under way.
    expect(own.at(-1)!.content).toMatchObject({ data: { following: 0 } });
  }
};

test(`every acknowledged event is there, in order, once, after each of ${ROUNDS} kills (seed ${SEED})`, async () => {
  const next = random(SEED);
  const dir = tempDir();
  const file = join(dir, 'events.sqlite');
  vi.stubEnv('NODE_COMPILE_CACHE', join(dir, 'compiled'));
  const acknowledged = new Map<string, EventId>();
  let reached: Position | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const said = await appendUntilKilled(file, round, next() * LONGEST_LIFE_MS);
    const store = SqliteEventStore.open({ file, clock: new SystemClock() });
    expectAll(await Array.fromAsync(store.readAll(reached === undefined ? {} : { from: reached })), said);
    reached = await store.head();
    await store.close();
    for (const [place, id] of said) acknowledged.set(place, id);
  }
  vi.unstubAllEnvs();
  const store = SqliteEventStore.open({ file, clock: new SystemClock() });
  expectAll(await Array.fromAsync(store.readAll()), acknowledged);
  await store.close();
  expect(acknowledged.size).toBeGreaterThan(ROUNDS);
}, 300_000);
