import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import { openEventReader } from '../../../src/infrastructure/event-store/sqlite/sqlite-event-reader.js';
import { ServerProcess } from '../../support/server-process.js';
import { tempDir } from '../../support/temp-dir.js';
import { killAndRestart } from './real-asterisk.js';
import { required, settings } from './settings.js';

const CALLS = 100;
/** Nobody's numbers, and no other test's. */
const FIRST = 300_005_000;

/** What ten calls at a time are made of: extension and how many. */
const wave: ReadonlyArray<readonly [extension: string, calls: number]> = [
  ['7001', 3],
  ['7002', 3],
  ['7119', 2],
  ['7000', 2],
];
/** Waves that an exchange that dies may spoil, beside those that are needed. */
const WAVES = 25;

/** Resolves when all were placed, whether or not they came to a good end: the exchange dies in between. */
const place = async (extension: string, calls: number, first: number): Promise<void> => {
  const options = ['-n', String(calls), '-c', String(calls), '-s', '3', '-f', `0${first}`, extension];
  await once(spawn(required('ASTERISK_CALL'), options, { stdio: 'ignore' }), 'exit');
};

/** Wave after wave, until so many calls have reached the exchange. */
const placeUntil = async (count: number, before: ReadonlySet<string>): Promise<void> => {
  for (let n = 0; n < WAVES && reached(before).size < count; n++)
    await Promise.all(wave.map(([extension, calls], i) => place(extension, calls, FIRST + n * 20 + i * 5)));
};

interface Told {
  readonly extension: string;
  readonly recorded: boolean;
}

/** The calls that reached the exchange since `before`, by its own record: the truth that Madoguchi is held to. */
const reached = (before?: ReadonlySet<string>): ReadonlyMap<string, Told> => {
  const calls = new Map<string, Told>();
  // Before its first call an exchange has no such file.
  const file = required('ASTERISK_CEL');
  const rows = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const line of rows) {
    const columns = line.slice(1, -1).split('","');
    const [type, , , number = '', , , , extension = '', , , application] = columns;
    const [unique, linked] = [columns[14], columns[15]];
    const from = Number(number);
    if (unique === undefined || unique !== linked || before?.has(unique)) continue;
    if (type === 'CHAN_START' && from >= FIRST && from < FIRST + 1_000)
      calls.set(unique, { extension, recorded: false });
    const call = calls.get(unique);
    if (call !== undefined && type === 'APP_START' && application === 'MixMonitor')
      calls.set(unique, { ...call, recorded: true });
  }
  return calls;
};

/** The server, which is killed and started again on the same data. */
class Phoenix {
  private constructor(
    private server: ServerProcess,
    private readonly data: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async start(): Promise<Phoenix> {
    const dir = tempDir();
    const recorders = join(dir, 'recorders.json');
    writeFileSync(recorders, JSON.stringify([{ instance: 'asterisk-honcho', plugin: 'asterisk', config: settings() }]));
    const [data, env] = [join(dir, 'data'), { MADOGUCHI_RECORDERS: recorders }];
    return new Phoenix(await ServerProcess.start(data, { env }), data, env);
  }

  async killAndRestart(): Promise<void> {
    await this.server.kill('SIGKILL');
    this.server = await ServerProcess.start(this.data, { env: this.env });
  }

  stop(): Promise<number | string> {
    return this.server.kill('SIGTERM');
  }

  async events(): Promise<ReadonlyArray<RecordedEvent>> {
    const reader = openEventReader(join(this.data, 'events.sqlite'));
    try {
      return await Array.fromAsync(reader.readAll());
    } finally {
      reader.close();
    }
  }
}

/** How many events of a type each stream has, by the id in its name. */
const countsOf = (events: ReadonlyArray<RecordedEvent>, type: string) => {
  const counts = new Map<string, number>();
  for (const event of events)
    if (event.type === type) {
      const id = event.stream.slice(event.stream.indexOf('-') + 1);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  return counts;
};

interface CallData {
  readonly source: { readonly ref: string };
}
interface RecordingData {
  readonly call: string;
}

const dataOf = <A>({ content }: RecordedEvent): A => (content._tag === 'plain' ? content.data : undefined) as A;

/** 100 real calls over the extensions, Madoguchi killed -9 twice and Asterisk once meanwhile: each call once. */
export const expectEachOf100CallsOnce = async (): Promise<void> => {
  const before = new Set(reached().keys());
  const madoguchi = await Phoenix.start();
  const untilReached = async (count: number) => {
    await expect.poll(() => reached(before).size, { timeout: 120_000, interval: 50 }).toBeGreaterThanOrEqual(count);
  };

  const placed = placeUntil(CALLS, before);
  await untilReached(20);
  await madoguchi.killAndRestart();
  await untilReached(45);
  await killAndRestart();
  await untilReached(70);
  await madoguchi.killAndRestart();
  await placed;
  const calls = reached(before);
  expect(calls.size).toBeGreaterThanOrEqual(CALLS);
  const idsOf = (events: ReadonlyArray<RecordedEvent>) =>
    new Map(
      events
        .filter(({ type }) => type === 'CallStarted')
        .map((event) => [event.stream.slice('call-'.length), dataOf<CallData>(event).source.ref]),
    );
  const ended = async () => {
    const events = await madoguchi.events();
    const ids = idsOf(events);
    const over = new Set([...countsOf(events, 'CallEnded').keys()].map((id) => ids.get(id)));
    return [...calls.keys()].filter((ref) => !over.has(ref)).length;
  };
  await expect.poll(ended, { timeout: 60_000, interval: 200 }).toBe(0);
  const recordingsOf = async () => {
    const events = await madoguchi.events();
    const ids = idsOf(events);
    const counts = new Map<string, number>();
    for (const event of events)
      if (event.type === 'RecordingRegistered' || event.type === 'RecordingLost') {
        const ref = ids.get(dataOf<RecordingData>(event).call)!;
        counts.set(ref, (counts.get(ref) ?? 0) + 1);
      }
    return counts;
  };
  const recorded = [...calls].filter(([, call]) => call.recorded).map(([ref]) => ref);
  await expect
    .poll(
      async () => {
        const told = await recordingsOf();
        return recorded.filter((ref) => !told.has(ref));
      },
      { timeout: 60_000, interval: 200 },
    )
    .toEqual([]);

  const events = await madoguchi.events();
  const ids = idsOf(events);
  const known = new Map([...ids].map(([id, ref]) => [ref, id]));
  for (const type of ['CallStarted', 'NumbersCaptured', 'CallEnded']) {
    const counts = countsOf(events, type);
    expect(
      [...calls.keys()].filter((ref) => counts.get(known.get(ref) ?? '') !== 1),
      `${type}, once each`,
    ).toEqual([]);
  }
  const recordings = await recordingsOf();
  expect(
    [...recordings.values()].every((count) => count === 1),
    'no recording twice',
  ).toBe(true);
  // Announced or quarantined: nothing is usable that nobody was told of (K3).
  const quarantined = countsOf(events, 'RecordingQuarantined').size;
  const emergencies = [...calls].filter(([, { extension, recorded: is }]) => extension === '7119' && is).length;
  expect(quarantined).toBeGreaterThanOrEqual(emergencies);
  expect(await madoguchi.stop()).toBe(0);
};
