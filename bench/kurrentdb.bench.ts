import { randomUUID } from 'node:crypto';
import {
  EventStoreDBClient,
  excludeSystemEvents,
  jsonEvent,
  NO_STREAM,
  type AllStreamResolvedEvent,
} from '@eventstore/db-client';
import { streamName, type NewEvent, type Position } from '../src/application/ports/event-store.js';
import { KurrentDbEventStore } from '../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { SystemClock } from '../src/infrastructure/system-clock.js';
import { typescriptChild } from '../test/support/typescript-child.js';
import { median } from './median.js';
import { newEvent } from './new-event.js';
import type { BenchRow } from './row.js';

const ROUNDS = 5;
const SINGLES = 1_000;
const WRITERS = 64;
const APPENDS_PER_WRITER = 40;
const BATCH = 500;
const BATCHES = 20;

const newBatch = () => Array.from({ length: BATCH }, newEvent);

/** Either side of the comparison; each writes and decodes the same bytes. */
interface Contender {
  append(stream: string, events: ReadonlyArray<NewEvent>): Promise<void>;
  /** Number of events read. */
  readStream(stream: string): Promise<number>;
  /** What came after `begin` was called. */
  begin(): Promise<void>;
  readAll(): Promise<number>;
  subscribe(events: number): Promise<void>;
  close(): Promise<void>;
}

const ours = async (url: string): Promise<Contender> => {
  const store = await KurrentDbEventStore.open({ url, clock: new SystemClock() });
  let from: Position;
  return {
    append: async (stream, events) => {
      const stored = await store.append(streamName('inquiry', stream), 'none', events)();
      if (stored._tag === 'Left') throw new Error(stored.left._tag);
    },
    readStream: (stream) => count(store.readStream(streamName('inquiry', stream))),
    begin: async () => void (from = await store.head()),
    readAll: () => count(store.readAll({ from })),
    subscribe: async (events) => {
      let seen = 0;
      for await (const batch of store.subscribe({ from, signal: new AbortController().signal }))
        if ((seen += batch.events.length) >= events) return;
    },
    close: () => store.close(),
  };
};

/** The client alone: no check, no deadline, no retry, nothing mapped. */
const bare = async (url: string): Promise<Contender> => {
  const client = EventStoreDBClient.connectionString(url);
  let from: { readonly commit: bigint; readonly prepare: bigint };
  return {
    append: async (stream, events) => {
      const recordedAt = new Date().toISOString();
      const proposed = events.map(({ id, type, content, metadata }) =>
        jsonEvent({
          id,
          type,
          data: (content._tag === 'plain' ? content.data : {}) as Record<string, unknown>,
          metadata: { recordedAt, metadata },
        }),
      );
      await client.appendToStream(`inquiry-${stream}`, proposed, { expectedRevision: NO_STREAM });
    },
    readStream: (stream) => count(client.readStream(`inquiry-${stream}`)),
    begin: async () => {
      for await (const { event } of client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }))
        from = event!.position;
    },
    readAll: async () => (await count(client.readAll({ fromPosition: from }))) - 1,
    subscribe: async (events) => {
      const subscription = client.subscribeToAll({ fromPosition: from, filter: excludeSystemEvents() });
      let seen = 0;
      for await (const { event } of subscription as AsyncIterable<AllStreamResolvedEvent>)
        if (event !== undefined && ++seen >= events) break;
      await subscription.unsubscribe();
    },
    close: () => client.dispose(),
  };
};

const count = async (items: AsyncIterable<unknown>): Promise<number> => {
  let counted = 0;
  for await (const item of items) if (item !== undefined) counted++;
  return counted;
};

interface Figure {
  readonly eventsPerSecond: number;
  /** Of this process, user and system: microseconds. */
  readonly cpuPerEvent: number;
}

const measured = async (work: () => Promise<number>): Promise<Figure> => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const events = await work();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { eventsPerSecond: events / seconds, cpuPerEvent: (user + system) / events };
};

const steps = ['sequential', 'writers', 'batches', 'stream', 'all', 'subscription'] as const;
type Step = (typeof steps)[number];
const names: Readonly<Record<Step, string>> = {
  sequential: 'appends, one after the other',
  writers: `appends, ${WRITERS} writers`,
  batches: `appends of ${BATCH}, one after the other`,
  stream: 'reading streams',
  all: 'reading all',
  subscription: 'subscription, catching up',
};

const round = async (contender: Contender): Promise<Record<Step, Figure>> => {
  const written = BATCH * BATCHES;
  const streams = Array.from({ length: BATCHES }, () => randomUUID());
  const sequential = await measured(async () => {
    for (let n = 0; n < SINGLES; n++) await contender.append(randomUUID(), [newEvent()]);
    return SINGLES;
  });
  const writers = await measured(async () => {
    const writer = async () => {
      for (let n = 0; n < APPENDS_PER_WRITER; n++) await contender.append(randomUUID(), [newEvent()]);
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    return WRITERS * APPENDS_PER_WRITER;
  });
  await contender.begin();
  const batches = await measured(async () => {
    for (const stream of streams) await contender.append(stream, newBatch());
    return written;
  });
  const stream = await measured(async () => {
    let read = 0;
    for (const name of streams) read += await contender.readStream(name);
    return read;
  });
  const all = await measured(async () => {
    const read = await contender.readAll();
    if (read < written) throw new Error(`${read} of ${written} events were read`);
    return read;
  });
  const subscription = await measured(async () => {
    await contender.subscribe(written);
    return written;
  });
  return { sequential, writers, batches, stream, all, subscription };
};

/** The adapter beside the bare client, turn by turn on one server: the real one, or a stand-in in its own process. */
export const kurrentDbBench = async (): Promise<ReadonlyArray<BenchRow>> => {
  const standIn = process.env['EVENTSTORE_URL'] === undefined ? await startStandIn() : undefined;
  const url = process.env['EVENTSTORE_URL'] ?? standIn!.url;
  console.log(standIn === undefined ? 'the server of EVENTSTORE_URL' : 'a stand-in, in its own process');
  const contenders = { ours: await ours(url), bare: await bare(url) };
  const taken = { ours: [] as Record<Step, Figure>[], bare: [] as Record<Step, Figure>[] };
  try {
    // The first round warms both up.
    for (let n = 0; n <= ROUNDS; n++)
      for (const who of n % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
        const figures = await round(contenders[who]);
        if (n > 0) taken[who].push(figures);
      }
  } finally {
    await contenders.ours.close();
    await contenders.bare.close();
    standIn?.stop();
  }
  const of = (who: 'ours' | 'bare', step: Step, figure: keyof Figure) =>
    median(taken[who].map((figures) => figures[step][figure]));
  return steps.flatMap((step): ReadonlyArray<BenchRow> => {
    const row = (name: string, unit: string, figure: keyof Figure) => {
      const [value, baseline] = [of('ours', step, figure), of('bare', step, figure)];
      return { name, value, unit, baseline, ratio: value / baseline };
    };
    return [
      { ...row(names[step], 'events/s', 'eventsPerSecond'), goal: '>= 0.9' },
      row(`  CPU of the client`, 'µs/event', 'cpuPerEvent'),
    ];
  });
};

const startStandIn = async () => {
  const child = typescriptChild(new URL('../test/event-store/stand-in/main.ts', import.meta.url), ['0']);
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const url = /esdb:\/\/\S+/.exec(said)?.[0];
    if (url !== undefined) return { url, stop: () => child.kill('SIGTERM') };
  }
  throw new Error('the stand-in did not start');
};
