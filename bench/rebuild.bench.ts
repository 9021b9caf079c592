import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventReader } from '../src/infrastructure/event-store/sqlite/sqlite-event-reader.js';
import { build, type BuildTarget } from '../src/infrastructure/views/build/build.js';
import { allElasticViews } from '../src/infrastructure/views/elasticsearch/all-views.js';
import { elasticClient } from '../src/infrastructure/views/elasticsearch/client.js';
import type { ElasticView } from '../src/infrastructure/views/elasticsearch/elastic-view.js';
import { indexName, putTemplate } from '../src/infrastructure/views/elasticsearch/index-definition.js';
import { ViewIndex } from '../src/infrastructure/views/elasticsearch/view-index.js';
import { indexedArticle } from '../src/infrastructure/views/faq-analysis.js';
import { analyse } from '../src/infrastructure/views/japanese/analysis.js';
import { allViews } from '../src/infrastructure/views/sqlite/all-views.js';
import { Generation } from '../src/infrastructure/views/sqlite/generation.js';
import type { SqliteView } from '../src/infrastructure/views/sqlite/sqlite-view.js';
import { Recorded } from './recorded.js';
import type { BenchRow } from './row.js';
import { fillWithSampleDays } from './sample-days.js';

const EVENTS = Number(process.env['MADOGUCHI_BENCH_EVENTS'] ?? 1_000_000);
const GOAL = '>= 0.8';
const PREFIX = `bench-${process.pid}`;

const articles = JSON.parse(readFileSync(new URL('../sample/faq.json', import.meta.url), 'utf8')) as ReadonlyArray<{
  readonly question: string;
  readonly answer: string;
}>;

/** Milliseconds of building a view from all events. */
const timeOf = async (target: BuildTarget, file: string): Promise<number> => {
  const reader = openEventReader(file);
  try {
    const began = performance.now();
    const poisonedBy = await build(target, reader, () => undefined);
    if (poisonedBy !== undefined) throw new Error(`stopped at ${poisonedBy.type}: ${poisonedBy.reason}`);
    return performance.now() - began;
  } finally {
    reader.close();
  }
};

type SqliteWrite = readonly [sql: string, ...values: ReadonlyArray<SQLInputValue>];

/** Notes what a database is told to write, while `work` runs. */
const recordingSqlite = async (recorded: Recorded<SqliteWrite>, work: () => Promise<unknown>): Promise<void> => {
  const { prepare, exec } = DatabaseSync.prototype;
  const isWrite = (sql: string) => /^\s*(INSERT|UPDATE|DELETE|BEGIN|COMMIT)/.test(sql);
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
    const statement = prepare.call(this, sql);
    if (!isWrite(sql)) return statement;
    for (const method of ['run', 'get', 'all'] as const) {
      const original = statement[method].bind(statement) as unknown as (
        ...values: ReadonlyArray<SQLInputValue>
      ) => never;
      statement[method] = ((...values: ReadonlyArray<SQLInputValue>) => {
        recorded.add([sql, ...values]);
        return original(...values);
      }) as never;
    }
    return statement;
  };
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    if (isWrite(sql)) recorded.add([sql]);
    exec.call(this, sql);
  };
  try {
    await work();
  } finally {
    Object.assign(DatabaseSync.prototype, { prepare, exec });
  }
};

const sqliteRebuild = async (folder: string, events: string, view: SqliteView) => {
  const { name } = view.projection;
  const generation = (pass: string) => Generation.open(view, join(folder, `${name}-${pass}.sqlite`));
  const built = generation('built');
  const ms = await timeOf(built, events);
  built.close();

  const recorded = new Recorded<SqliteWrite>(join(folder, `${name}.writes`));
  // Opened before: the statements that make the tables are not among the writes.
  const again = generation('again');
  await recordingSqlite(recorded, () => timeOf(again, events));
  again.close();

  const raw = generation('raw');
  const statements = new Map<string, StatementSync>();
  const bareMs = await recorded.replay(20_000, (writes) => {
    for (const [sql, ...values] of writes) {
      const statement = statements.get(sql) ?? raw.db.prepare(sql);
      statements.set(sql, statement);
      statement.all(...values);
    }
  });
  raw.close();
  for (const pass of ['built', 'again', 'raw']) Generation.delete(join(folder, `${name}-${pass}.sqlite`));
  rmSync(join(folder, `${name}.writes`));
  return { ms, bareMs };
};

/** A bulk of documents as it was sent: of each its id and its JSON. */
type BulkWrite = ReadonlyArray<readonly [id: string, source: string]>;

const elasticRebuild = async (folder: string, url: string, events: string, view: ElasticView) => {
  const { name } = view.projection;
  const cluster = { client: elasticClient({ nodes: [url], prefix: PREFIX }), prefix: PREFIX };
  const { client } = cluster;
  const index = (generation: number) => indexName(PREFIX, name, { version: '0.0', generation });
  const indices = [index(1), index(2), index(3)];
  try {
    await putTemplate(cluster, view, '0.0');
    const ms = await timeOf(await ViewIndex.open(client, view, indices[0]!), events);

    const recorded = new Recorded<BulkWrite>(join(folder, `${name}.bulks`));
    const bulk = client.bulk.bind(client);
    const again = await ViewIndex.open(client, view, indices[1]!);
    client.bulk = ((request: {
      operations: ReadonlyArray<{ create?: { _id: string }; index?: { _id: string } } | string>;
    }) => {
      const { operations } = request;
      recorded.add(
        operations.flatMap((action, i) =>
          typeof action === 'string'
            ? []
            : [[(action.create ?? action.index)!._id, operations[i + 1] as string] as const],
        ),
      );
      return bulk(request as never);
    }) as never;
    await timeOf(again, events);
    client.bulk = bulk as never;

    await client.indices.create({ index: indices[2]!, settings: { refresh_interval: '-1' } });
    let bareMs = await recorded.replay(1, async ([writes]) => {
      if (writes === undefined) return;
      const operations = writes.flatMap(([_id, source]) => [{ index: { _id } }, source]);
      const { errors } = await client.bulk({ index: indices[2]!, operations });
      if (errors) throw new Error('the replay was refused');
    });
    const began = performance.now();
    await client.indices.refresh({ index: indices[2]! });
    bareMs += performance.now() - began;
    return { ms, bareMs };
  } finally {
    await client.indices.delete({ index: indices, ignore_unavailable: true });
    await client.indices.deleteIndexTemplate({ name: `${PREFIX}-${name}-v0.0` }, { ignore: [404] });
    await client.close();
    rmSync(join(folder, `${name}.bulks`), { force: true });
  }
};

const rowsOf = (engine: string, bare: string, parts: ReadonlyArray<{ name: string; ms: number; bareMs: number }>) => {
  const row = (name: string, ms: number, bareMs: number): BenchRow => ({
    name: `${EVENTS} events built into ${engine}: ${name}, against its writes replayed over ${bare}`,
    value: EVENTS / (ms / 1_000),
    unit: 'events/s',
    baseline: EVENTS / (bareMs / 1_000),
    ratio: bareMs / ms,
    ...(name === 'all views' && { goal: GOAL }),
  });
  const sum = (of: 'ms' | 'bareMs') => parts.reduce((total, part) => total + part[of], 0);
  return [row('all views', sum('ms'), sum('bareMs')), ...parts.map((part) => row(part.name, part.ms, part.bareMs))];
};

/** How fast views are built from 1,000,000 events of sample days, through what their own writes alone would take. */
export const rebuildBench = async (): Promise<ReadonlyArray<BenchRow>> => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'));
  const url = process.env['ELASTICSEARCH_URL'] ?? '';
  try {
    const events = join(folder, 'events.sqlite');
    await fillWithSampleDays(folder, events, EVENTS);
    const began = performance.now();
    for (const { question, answer } of articles) [question, answer].map(analyse);
    const rate = articles.length / ((performance.now() - began) / 1_000);
    // From here on the words of every article are known.
    for (const article of articles) indexedArticle(article);

    const embedded = [];
    for (const view of allViews)
      embedded.push({ name: view.projection.name, ...(await sqliteRebuild(folder, events, view)) });
    const shared = [];
    for (const view of url === '' ? [] : allElasticViews)
      shared.push({ name: view.projection.name, ...(await elasticRebuild(folder, url, events, view)) });
    if (url === '') console.log('ELASTICSEARCH_URL is not set: Elasticsearch is not measured');
    return [
      ...rowsOf('SQLite', 'bare SQLite', embedded),
      ...(url === '' ? [] : rowsOf('Elasticsearch', 'the bare bulk API', shared)),
      { name: 'FAQ articles cut into words', value: rate, unit: 'articles/s' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
