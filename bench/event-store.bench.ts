import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { streamName, type NewEvent } from '../src/application/ports/event-store.js';
import { columns } from '../src/infrastructure/event-store/sqlite/event-row.js';
import { prepareEvents } from '../src/infrastructure/event-store/sqlite/schema.js';
import { SqliteEventStore } from '../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { SystemClock } from '../src/infrastructure/system-clock.js';
import { median } from './median.js';
import { newEvent } from './new-event.js';
import type { BenchRow } from './row.js';

const ROUNDS = 7;
const SINGLES = 1_000;
const WRITERS = 64;
const APPENDS_PER_WRITER = 50;
const BATCHES = 60;
const BATCH = 500;

interface Contender {
  single(stream: string): Promise<void>;
  batch(stream: string): Promise<void>;
  /** Reads and decodes everything; how many events there were. */
  replay(): Promise<number>;
  close(): Promise<void>;
}

const ours = (file: string): Contender => {
  const store = SqliteEventStore.open({ file, clock: new SystemClock() });
  const append = async (stream: string, events: ReadonlyArray<NewEvent>) => {
    const result = await store.append(streamName('inquiry', stream), 'none', events)();
    if (result._tag === 'Left') throw new Error(result.left._tag);
  };
  return {
    single: (stream) => append(stream, [newEvent()]),
    batch: (stream) => append(stream, Array.from({ length: BATCH }, newEvent)),
    replay: async () => {
      let events = 0;
      for await (const { content } of store.readAll()) if (content._tag === 'plain') events++;
      return events;
    },
    close: () => store.close(),
  };
};

/** The driver alone on the same schema, indexes and pragmas; it too writes and parses JSON, and checks nothing. */
const bare = (file: string): Contender => {
  const db = new DatabaseSync(file);
  prepareEvents(db);
  const insert = db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const select = db.prepare('SELECT * FROM events ORDER BY position');
  let position = 0;
  const append = async (stream: string, events: ReadonlyArray<NewEvent>) => {
    db.exec('BEGIN IMMEDIATE');
    for (const [revision, { id, type, content, metadata }] of events.entries()) {
      const data = JSON.stringify(content._tag === 'plain' && content.data);
      const json = JSON.stringify(metadata);
      insert.run(++position, `inquiry-${stream}`, revision, id, type, null, data, json, Date.now());
    }
    db.exec('COMMIT');
  };
  return {
    single: (stream) => append(stream, [newEvent()]),
    batch: (stream) => append(stream, Array.from({ length: BATCH }, newEvent)),
    replay: async () => {
      let events = 0;
      for (const { data, metadata } of select.iterate())
        if (JSON.parse(data as string) !== JSON.parse(metadata as string)) events++;
      return events;
    },
    close: async () => db.close(),
  };
};

/** Events a second. */
const rate = async (work: () => Promise<number>): Promise<number> => {
  const began = performance.now();
  const events = await work();
  return events / ((performance.now() - began) / 1_000);
};

const sequentially = (count: number, step: (n: string) => Promise<void>) => async () => {
  for (let n = 0; n < count; n++) await step(`${n}`);
  return count;
};

const measure = async (contender: Contender) => ({
  single: await rate(sequentially(SINGLES, (n) => contender.single(`single-${n}`))),
  batch: BATCH * (await rate(sequentially(BATCHES, (n) => contender.batch(`batch-${n}`)))),
  replay: await rate(() => contender.replay()),
});

type Figures = Awaited<ReturnType<typeof measure>>;

const measureConcurrent = (contender: Contender) =>
  rate(async () => {
    const writer = (w: number) => sequentially(APPENDS_PER_WRITER, (n) => contender.single(`writer-${w}-${n}`))();
    const counts = await Promise.all(Array.from({ length: WRITERS }, (_, w) => writer(w)));
    return counts.reduce((sum, count) => sum + count, 0);
  });

/** The SQLite event store beside the bare driver, turn by turn in one folder; medians of the rounds. */
export const eventStoreBench = async (): Promise<ReadonlyArray<BenchRow>> => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'));
  const taken = { ours: [] as Figures[], bare: [] as Figures[], concurrent: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    // Who comes first changes: neither is always the one to find the disk busy with what the other left.
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const who of order) {
      const contender = (who === 'ours' ? ours : bare)(join(folder, `${who}-${round}.sqlite`));
      taken[who].push(await measure(contender));
      if (who === 'ours') taken.concurrent.push(await measureConcurrent(contender));
      await contender.close();
    }
  }
  rmSync(folder, { recursive: true });

  const of = (who: 'ours' | 'bare', figure: keyof Figures) => median(taken[who].map((figures) => figures[figure]));
  const row = (name: string, value: number, baseline: number, goal?: BenchRow['goal']): BenchRow => ({
    name,
    value,
    unit: 'events/s',
    baseline,
    ratio: value / baseline,
    ...(goal !== undefined && { goal }),
  });
  return [
    row('single appends, one after the other', of('ours', 'single'), of('bare', 'single')),
    row(`single appends, ${WRITERS} writers`, median(taken.concurrent), of('bare', 'single'), '>= 3'),
    row(`appends of ${BATCH}, one after the other`, of('ours', 'batch'), of('bare', 'batch'), '>= 0.8'),
    row('replay, decoded', of('ours', 'replay'), of('bare', 'replay'), '>= 0.8'),
  ];
};
