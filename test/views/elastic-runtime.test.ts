import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Client } from '@elastic/elasticsearch';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Position } from '../../src/application/ports/event-store.js';
import { ViewUnavailable, type ViewStatus } from '../../src/application/ports/views.js';
import { DepartmentClosed, DepartmentOpened, DepartmentRenamed } from '../../src/domain/department/events.js';
import { instant } from '../../src/domain/kernel/time.js';
import { SoleOwner } from '../../src/infrastructure/leases/sole-owner.js';
import type { BuildView } from '../../src/infrastructure/views/build/build.js';
import { checkAnalysis, MissingPlugins } from '../../src/infrastructure/views/elasticsearch/check-analysis.js';
import { elasticClient, type Cluster } from '../../src/infrastructure/views/elasticsearch/client.js';
import { versionOf, type ElasticView } from '../../src/infrastructure/views/elasticsearch/elastic-view.js';
import { ElasticViews } from '../../src/infrastructure/views/elasticsearch/elastic-views.js';
import {
  CHECKPOINT,
  newIndexName,
  putTemplate,
} from '../../src/infrastructure/views/elasticsearch/index-definition.js';
import type { FeederOptions } from '../../src/infrastructure/views/elasticsearch/view-feeder.js';
import { CheckpointMoved, ViewIndex } from '../../src/infrastructure/views/elasticsearch/view-index.js';
import { ViewIndices } from '../../src/infrastructure/views/elasticsearch/view-indices.js';
import { FaultProxy } from '../elasticsearch/fault-proxy.js';
import { withServer } from '../support/with-server.js';
import { buildIndexHere, openCluster, quick } from './elastic-fixture.js';
import { EventLog } from './event-log.js';
import { folded } from './folded.js';
import { openDepartmentsView as departments } from './open-departments.js';

beforeAll(() => Logger.overrideLogger(false));

const NAME = departments.projection.name;
const WITHIN = { timeout: 60_000, interval: 20 };
const soon = () => AbortSignal.timeout(WITHIN.timeout);

const opened = (log: EventLog, id: string) => log.add('department', id, DepartmentOpened({ name: '市民課' }));
const renamed = (log: EventLog, id: string) => log.add('department', id, DepartmentRenamed({ name: '住民課' }));
const closed = (log: EventLog, id: string) => log.add('department', id, DepartmentClosed({}));

/** A cluster, seen as it is and through a proxy that fails when it is told to. */
const behindProxy = async (url: string): Promise<{ direct: Cluster; proxy: FaultProxy; cluster: Cluster }> => {
  const direct = openCluster(url);
  const proxy = await FaultProxy.start(url, 0);
  const client = elasticClient({ nodes: [proxy.url], prefix: direct.prefix });
  onTestFinished(async () => {
    await client.close();
    await proxy.stop();
  });
  return { direct, proxy, cluster: { client, prefix: direct.prefix } };
};

interface Opening {
  readonly view?: ElasticView;
  readonly options?: Partial<FeederOptions>;
  readonly buildView?: BuildView;
}

const open = (
  cluster: Cluster,
  log: EventLog,
  { view = departments, options, buildView = buildIndexHere(cluster, log, [view]) }: Opening = {},
): ElasticViews => {
  const views = new ElasticViews(cluster, log, [view], buildView, new SoleOwner(), { ...quick, ...options });
  views.start();
  onTestFinished(() => views.close());
  return views;
};

const ofSchema = (schemaVersion: number): ElasticView => ({ ...departments, schemaVersion });

const statusOf = async (views: ElasticViews): Promise<ViewStatus> =>
  (await views.status(instant(Date.UTC(2026, 3, 2))))[0]!;

const becomes = (views: ElasticViews, expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await statusOf(views)).toMatchObject(expected), WITHIN);

const found = async (views: ElasticViews): Promise<Record<string, unknown>> => {
  const { hits } = await views.read(NAME).search<unknown>({ query: { match_all: {} }, size: 1_000 });
  return Object.fromEntries(hits.hits.map(({ _source }) => [_source!.key, _source!.document]));
};

const expectLevel = async (views: ElasticViews, log: EventLog): Promise<void> => {
  expect(await views.waitFor(NAME, await log.head(), soon())).toBe(true);
  expect(await found(views)).toEqual(folded(departments.projection, log.events));
};

const shownBy = async ({ client, prefix }: Cluster): Promise<ReadonlyArray<string>> =>
  (await new ViewIndices({ client, prefix }, NAME).list()).flatMap(({ index, shown }) => (shown ? [index] : []));

const newIndex = async (cluster: Cluster): Promise<string> => {
  await putTemplate(cluster, departments);
  return newIndexName(cluster.prefix, NAME, versionOf(departments), undefined);
};

/** A view that is level with departments of these ids, and the index that answers for it. */
const levelWith = async (cluster: Cluster, ...ids: ReadonlyArray<string>) => {
  const log = new EventLog();
  for (const id of ids) opened(log, id);
  const views = open(cluster, log);
  await expectLevel(views, log);
  const [index] = await shownBy(cluster);
  return { log, views, index: index! };
};

const openIndex = (client: Client, index: string) => ViewIndex.open(client, departments, index);

/** What lies in an index, tombstones too, by key. */
const documentsIn = async ({ client }: Cluster, index: string): Promise<Record<string, unknown>> => {
  await client.indices.refresh({ index });
  const { hits } = await client.search<{ key?: string; document?: unknown }>({ index, size: 1_000 });
  return Object.fromEntries(
    hits.hits.flatMap(({ _source }) => (_source?.key ? [[_source.key, _source.document]] : [])),
  );
};

/** The machine that runs the tests may have much else to do. */
const PATIENT = { timeout: 120_000 };

withServer('ELASTICSEARCH_URL', 'how views on Elasticsearch run', (url) => {
  describe('one index and its writers', PATIENT, () => {
    test('what comes once more changes nothing', async () => {
      const cluster = openCluster(url);
      const index = await newIndex(cluster);
      const log = new EventLog();
      for (const id of ['a', 'b', 'a']) opened(log, id);
      closed(log, 'b');
      await (await openIndex(cluster.client, index)).take(log.events, await log.head());
      const before = await documentsIn(cluster, index);

      // As after a crash between the documents and the checkpoint.
      const { checkpoint } = (await cluster.client.getSource({ index, id: CHECKPOINT })) as {
        checkpoint: { position: unknown };
      };
      const { position: _, ...atTheBeginning } = checkpoint;
      await cluster.client.index({
        index,
        id: CHECKPOINT,
        document: { kind: 'checkpoint', checkpoint: atTheBeginning },
      });
      const again = await openIndex(cluster.client, index);
      expect(again.position).toBeUndefined();
      for (const event of log.events) await again.take([event], event.position);
      expect(await documentsIn(cluster, index)).toEqual(before);
      expect(before).toEqual({ ...folded(departments.projection, log.events), b: undefined });
    });

    test('a stalled owner overwrites nothing newer, and brings nothing back', async () => {
      const { direct, proxy, cluster } = await behindProxy(url);
      const index = await newIndex(direct);
      const log = new EventLog();
      for (const id of ['a', 'b']) opened(log, id);
      const stalled = await openIndex(cluster.client, index);
      await stalled.take(log.events, await log.head());
      renamed(log, 'a');
      opened(log, 'c');
      const asleep = proxy.sleepAtNextBulk();
      const late = stalled.take(log.events, await log.head());
      await asleep;

      for (const id of ['a', 'c']) closed(log, id);
      const next = await openIndex(direct.client, index);
      await next.take(log.events, await log.head());
      proxy.wake();
      await expect(late).rejects.toThrow(CheckpointMoved);
      expect(await documentsIn(direct, index)).toEqual({
        ...folded(departments.projection, log.events),
        a: undefined,
        c: undefined,
      });
    });

    test('what comes late to a lost index is not taken for another', async () => {
      const { direct, proxy, cluster } = await behindProxy(url);
      const log = new EventLog();
      const views = open(direct, log);
      opened(log, 'a');
      await expectLevel(views, log);
      const [lost] = await shownBy(direct);
      await views.close();

      const stalled = await openIndex(cluster.client, lost!);
      renamed(log, 'a');
      const asleep = proxy.sleepAtNextBulk();
      const late = stalled.take(log.events, await log.head());
      await asleep;
      await direct.client.indices.delete({ index: lost! });
      const again = open(direct, log);
      renamed(log, 'a');
      await expectLevel(again, log);
      proxy.wake();
      await expect(late).rejects.toThrow();
      expect(await direct.client.indices.exists({ index: lost! })).toBe(false);
      await expectLevel(again, log);
    });

    test('the checkpoint comes after the documents, and those that are rejected are sent again alone', async () => {
      const { direct, proxy, cluster } = await behindProxy(url);
      const index = await newIndex(direct);
      const log = new EventLog();
      for (const id of ['a', 'b', 'c']) opened(log, id);
      const writer = await openIndex(cluster.client, index);
      const sent: number[] = [];
      cluster.client.diagnostic.on('request', (_, result) => {
        const { params } = result?.meta.request ?? {};
        if (params?.path.includes('_bulk')) sent.push((params.body as string).trimEnd().split('\n').length / 2);
      });
      for (let n = 0; n < 6; n++) proxy.plan('half-unavailable');
      await expect(writer.take(log.events, await log.head())).rejects.toThrow('unavailable_shards_exception');
      // Of four documents, half and half again; the last one is in the rejected half ever after.
      expect(sent).toEqual([4, 2, 1, 1, 1, 1]);
      expect((await openIndex(direct.client, index)).position).toBeUndefined();

      const again = await openIndex(cluster.client, index);
      proxy.plan('half-rejected');
      await again.take(log.events, await log.head());
      expect(again.position).toBe(await log.head());
      expect(await documentsIn(direct, index)).toEqual(folded(departments.projection, log.events));
    });

    test('it never goes back to where another index stands', async () => {
      const cluster = openCluster(url);
      const log = new EventLog();
      const first = opened(log, 'a');
      const second = opened(log, 'b');
      const index = await openIndex(cluster.client, await newIndex(cluster));
      await index.take(log.events, second);
      await index.take(log.events.slice(0, 1), first);
      expect(index.position).toBe(second);
      expect(index.events).toBe(2);
    });
  });

  describe('a document that is refused for good', PATIENT, () => {
    /** Its mapping knows no field `more`. */
    const broken: ElasticView = {
      ...departments,
      fields: (document, key) => ({
        ...departments.fields(document as never, key),
        ...((document as { events: unknown[] }).events.length > 1 && key === 'a' && { more: true }),
      }),
    };

    test('stops its view before the event, which is named and never skipped, until a mended program goes on', async () => {
      const cluster = openCluster(url);
      const log = new EventLog();
      log.batchSize = () => 10;
      for (const id of ['a', 'b']) opened(log, id);
      renamed(log, 'b');
      const at = renamed(log, 'a');
      renamed(log, 'a');
      const views = open(cluster, log, { view: broken });
      const poisonedBy = {
        type: 'DepartmentRenamed',
        position: at,
        reason: 'its document is refused: strict_dynamic_mapping_exception',
      };
      await becomes(views, { poisonedBy });
      opened(log, 'c');
      expect(await views.waitFor(NAME, at, AbortSignal.timeout(500))).toBe(false);
      await becomes(views, { poisonedBy });
      await views.close();

      await expectLevel(open(cluster, log), log);
    });

    test('stops one that answers', async () => {
      const cluster = openCluster(url);
      const log = new EventLog();
      const before = opened(log, 'a');
      const views = open(cluster, log, { view: broken, options: { graceMs: 150 } });
      expect(await views.waitFor(NAME, before, soon())).toBe(true);
      const at = renamed(log, 'a');
      const stopped = { state: 'stopped', position: before, poisonedBy: { position: at }, lag: { events: 1 } };
      await becomes(views, stopped);
      expect(await views.waitFor(NAME, at, soon())).toBe(false);
      expect(Object.keys(await found(views)).toSorted()).toEqual(['a', 'open']);

      const fedAt = async () => (await new ViewIndices(cluster, NAME).list())[0]?.checkpoint?.fedAt;
      const saidAt = await fedAt();
      await vi.waitFor(async () => expect(await fedAt()).not.toBe(saidAt), WITHIN);
      expect(await statusOf(views)).toMatchObject(stopped);
    });

    test('in a rebuild: the one before answers on, and another rebuild can be asked for', async () => {
      const cluster = openCluster(url);
      const log = new EventLog();
      let view: ElasticView = departments;
      const changing: ElasticView = { ...view, fields: (document, key) => view.fields(document, key) };
      for (const add of [opened, renamed]) add(log, 'a');
      const views = open(cluster, log, { view: changing });
      await expectLevel(views, log);
      const [before] = await shownBy(cluster);
      view = broken;
      for (const rebuild of [1, 2]) {
        await views.rebuild(NAME);
        await vi.waitFor(async () => {
          const indices = await new ViewIndices(cluster, NAME).list();
          expect(indices.slice(1).map(({ checkpoint }) => checkpoint?.poisonedBy?.type)).toEqual(
            Array.from({ length: rebuild }, () => 'DepartmentRenamed'),
          );
        }, WITHIN);
      }
      await becomes(views, { state: 'rebuilding', poisonedBy: { type: 'DepartmentRenamed' } });
      expect(await shownBy(cluster)).toEqual([before]);
      view = departments;
      await views.rebuild(NAME);
      await becomes(views, { state: 'live' });
      expect(await shownBy(cluster)).not.toEqual([before]);
      await expectLevel(views, log);
    });

    test('a rebuild that stops while the index before takes a write in never answers', async () => {
      const cluster = openCluster(url);
      const direct = { client: elasticClient({ nodes: [url], prefix: cluster.prefix }), prefix: cluster.prefix };
      onTestFinished(() => direct.client.close());
      const log = new EventLog();
      let view: ElasticView = departments;
      const changing: ElasticView = { ...view, fields: (document, key) => view.fields(document, key) };
      let ending = Promise.resolve();
      const buildView: BuildView = async (...asked) => {
        const poisonedBy = await buildIndexHere(direct, log, [changing])(...asked);
        await ending;
        return poisonedBy;
      };
      for (const add of [opened, renamed]) add(log, 'a');
      const views = open(cluster, log, { view: changing, buildView });
      await expectLevel(views, log);
      const shown = await shownBy(cluster);

      const end = Promise.withResolvers<void>();
      ending = end.promise;
      view = broken;
      await views.rebuild(NAME);
      await becomes(views, { rebuild: { poisonedBy: { type: 'DepartmentRenamed' } } });
      const bulk = cluster.client.bulk.bind(cluster.client);
      const entered = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      vi.spyOn(cluster.client, 'bulk').mockImplementationOnce((async (request: never, options: never) => {
        entered.resolve();
        await held.promise;
        return bulk(request, options);
      }) as never);
      opened(log, 'b');
      await entered.promise;
      end.resolve();
      // Time enough for the build's end to be noticed.
      for (let n = 0; n < 5; n++) await direct.client.info();
      held.resolve();
      await expectLevel(views, log);
      await becomes(views, { state: 'rebuilding', poisonedBy: { type: 'DepartmentRenamed' } });
      expect(await shownBy(cluster)).toEqual(shown);
    });
  });

  test('an index that cannot be dropped is in the way of nothing', PATIENT, async () => {
    const cluster = openCluster(url);
    const log = new EventLog();
    opened(log, 'a');
    vi.spyOn(ViewIndices.prototype, 'drop').mockRejectedValue(new Error('as told'));
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const views = open(cluster, log, { options: { graceMs: 0 } });
    await expectLevel(views, log);
    const [before] = await shownBy(cluster);
    await views.rebuild(NAME);
    await vi.waitFor(async () => expect(await shownBy(cluster)).not.toEqual([before]), WITHIN);
    await vi.waitFor(() => expect(ViewIndices.prototype.drop).toHaveBeenCalledTimes(2), WITHIN);
    opened(log, 'b');
    await expectLevel(views, log);
    await becomes(views, { state: 'live' });
    expect((await statusOf(views)).outage).toBeUndefined();
  });

  describe('an index', PATIENT, () => {
    test('that was lost is built again, though nothing comes', async () => {
      const cluster = openCluster(url);
      const { log, views, index } = await levelWith(cluster, 'a', 'b');
      await cluster.client.indices.delete({ index });
      await expect(found(views)).rejects.toThrow(ViewUnavailable);
      await expectLevel(views, log);
      expect(await shownBy(cluster)).toHaveLength(1);
    });

    test('that is lost at the moment when it is to be fed again is built again', async () => {
      const cluster = openCluster(url);
      const { log, views, index } = await levelWith(cluster, 'a');
      await views.close();
      const lost = Promise.withResolvers<void>();
      const list = vi.spyOn(ViewIndices.prototype, 'list');
      list.mockImplementationOnce(async function (this: ViewIndices) {
        const all = await this.list();
        await cluster.client.indices.delete({ index });
        lost.resolve();
        return all;
      });
      const reopened = open(cluster, log);
      await lost.promise;
      await expectLevel(reopened, log);
      expect(await shownBy(cluster)).not.toEqual([index]);
      list.mockRestore();
    });

    test('that was restored catches up, though nothing comes', async (context) => {
      const cluster = openCluster(url);
      const { client, prefix } = cluster;
      // A path of its own under the node's folder for repositories.
      const repository = await client.snapshot
        .createRepository({ name: prefix, repository: { type: 'fs', settings: { location: prefix } } })
        .catch(() => undefined);
      if (repository === undefined) context.skip('the node has no folder for snapshots (path.repo)');
      onTestFinished(async () => {
        await client.snapshot.delete({ repository: prefix, snapshot: 'early' }, { ignore: [404] });
        await client.snapshot.deleteRepository({ name: prefix });
      });
      const { log, views, index } = await levelWith(cluster, 'a', 'b');
      const snapshot = { repository: prefix, snapshot: 'early', wait_for_completion: true };
      await client.snapshot.create({ ...snapshot, indices: index, include_global_state: false });
      closed(log, 'a');
      opened(log, 'c');
      await expectLevel(views, log);

      await views.close();
      await client.indices.delete({ index });
      await client.snapshot.restore({ ...snapshot, indices: index });
      const reopened = open(cluster, log);
      await expectLevel(reopened, log);
      await client.indices.close({ index });
      await client.snapshot.restore({ ...snapshot, indices: index });
      await expectLevel(reopened, log);
    });

    test('that is closed, as while a snapshot is restored over it, is said to be out of service', async () => {
      const cluster = openCluster(url);
      const { log, views, index } = await levelWith(cluster, 'a');
      await cluster.client.indices.close({ index });
      await expect(found(views)).rejects.toThrow(ViewUnavailable);
      await cluster.client.indices.open({ index });
      opened(log, 'b');
      await expectLevel(views, log);
    });

    test('whose shard is lost is an outage, until a rebuild takes its place', async () => {
      const cluster = openCluster(url);
      const { log, views: before, index } = await levelWith(cluster, 'a');
      await before.close();
      const aliases = (await cluster.client.indices.getAlias({ index }))[index]!.aliases;
      await cluster.client.indices.delete({ index });
      await cluster.client.indices.create({
        index,
        aliases,
        // No node has this name: no shard is ever assigned.
        settings: { 'index.routing.allocation.require._name': 'none' },
        wait_for_active_shards: 0,
      });
      const views = open(cluster, log);
      opened(log, 'b');
      await becomes(views, { outage: 'no_shard_available_action_exception' });
      await expect(found(views)).rejects.toThrow(ViewUnavailable);
      await views.rebuild(NAME);
      await vi.waitFor(async () => expect(await shownBy(cluster)).not.toEqual([index]), WITHIN);
      await expectLevel(views, log);
      await becomes(views, { state: 'live' });
      expect(await statusOf(views)).not.toHaveProperty('outage');
    });

    test('that is read-only keeps nobody from working: the view says how far behind it is, and catches up', async () => {
      const cluster = openCluster(url);
      const { log, views, index } = await levelWith(cluster, 'a');
      const block = (flood: true | null) =>
        cluster.client.indices.putSettings({
          index,
          settings: { 'index.blocks.read_only_allow_delete': flood },
        });
      await block(true);
      renamed(log, 'a');
      closed(log, 'a');
      await becomes(views, { state: 'live', outage: 'cluster_block_exception', lag: { events: 2 } });
      expect(Object.keys(await found(views)).toSorted()).toEqual(['a', 'open']);
      await block(null);
      await expectLevel(views, log);
      await vi.waitFor(async () => expect(await statusOf(views)).not.toHaveProperty('outage'), WITHIN);
    });
  });

  describe('versions', PATIENT, () => {
    test('the alias never goes to a lower one, both are fed, and what nobody feeds any more is dropped', async () => {
      const cluster = openCluster(url);
      const log = new EventLog();
      const options = { graceMs: 6_000 };
      opened(log, 'a');
      const old = open(cluster, log, { options });
      await expectLevel(old, log);
      const later = open(cluster, log, { view: ofSchema(2), options });
      await becomes(later, { version: '1.2', state: 'live' });
      const [shown] = await shownBy(cluster);

      renamed(log, 'a');
      await expectLevel(later, log);
      const head = await log.head();
      const positions = async () =>
        (await new ViewIndices(cluster, NAME).list()).map(({ version, checkpoint }) => [version, checkpoint?.position]);
      await vi.waitFor(
        async () =>
          expect(await positions()).toEqual([
            ['1.1', head],
            ['1.2', head],
          ]),
        WITHIN,
      );
      const before = (await new ViewIndices(cluster, NAME).list()).map(({ index }) => index);
      await old.rebuild(NAME);
      await vi.waitFor(async () => {
        const indices = await new ViewIndices(cluster, NAME).list();
        const rebuilt = indices.find(({ version, index }) => version === '1.1' && !before.includes(index));
        expect(rebuilt?.checkpoint).toMatchObject({ ready: true });
      }, WITHIN);
      expect(await shownBy(cluster)).toEqual([shown]);

      await old.close();
      await vi.waitFor(async () => {
        expect((await new ViewIndices(cluster, NAME).list()).map(({ index }) => index)).toEqual([shown]);
      }, WITHIN);
      await expectLevel(later, log);
    });

    test('of those that are shown at the same moment, the alias takes the highest, and none is an outage', async () => {
      const cluster = openCluster(url);
      const indices = new ViewIndices(cluster, NAME);
      const names = [1, 2].map((schema) => newIndexName(cluster.prefix, NAME, `1.${schema}`, undefined));
      for (const schema of [1, 2]) {
        await putTemplate(cluster, ofSchema(schema));
        await ViewIndex.open(cluster.client, ofSchema(schema), names[schema - 1]!);
      }
      const [, ...higher] = await Promise.all([names[0]!, names[1]!, names[1]!].map((name) => indices.show(name)));
      expect(higher).toEqual([true, true]);
      expect(await indices.show(names[0]!)).toBe(false);
      expect(await shownBy(cluster)).toEqual([names[1]]);
    });

    test('what an index holds is found from the moment when the alias shows it', async () => {
      const cluster = openCluster(url);
      const log = new EventLog();
      opened(log, 'a');
      const index = await openIndex(cluster.client, await newIndex(cluster));
      await index.take(log.events, await log.head());
      const indices = new ViewIndices(cluster, NAME);
      expect(await indices.show(index.name)).toBe(true);
      const { hits } = await cluster.client.search({ index: indices.alias });
      const all = Object.keys(folded(departments.projection, log.events));
      expect(new Set(hits.hits.map(({ _id }) => _id))).toEqual(new Set(all));
    });

    test('a rebuild goes on where a crash left it', async () => {
      const cluster = openCluster(url);
      const log = new EventLog();
      for (let i = 0; i < 6_000; i++) opened(log, `d${i % 50}`);
      const half = Promise.withResolvers<void>();
      const here = buildIndexHere(cluster, log, [departments]);
      const dies: BuildView = (name, index, onProgress, signal) =>
        here(
          name,
          index,
          (progress) => {
            onProgress(progress);
            half.resolve();
            throw new Error('as if the process had died');
          },
          signal,
        );
      const first = open(cluster, log, { buildView: dies, options: { retryMs: [60_000, 60_000] } });
      await half.promise;
      await first.close();
      const froms: Array<Position | undefined> = [];
      const readAll = log.readAll.bind(log);
      const reading = vi.spyOn(log, 'readAll').mockImplementation((options) => {
        if (options?.limit === undefined) froms.push(options?.from);
        return readAll(options);
      });
      await expectLevel(open(cluster, log), log);
      reading.mockRestore();
      expect(froms[0]).toBe(log.events[4_999]!.position);
    });
  });

  test('who waited for a write finds it', PATIENT, async () => {
    const cluster = openCluster(url);
    const log = new EventLog();
    const views = open(cluster, log);
    for (let n = 0; n < 10; n++) {
      const position = opened(log, `d${n}`);
      expect(await views.waitFor(NAME, position, soon())).toBe(true);
      expect(Object.keys(await found(views))).toContain(`d${n}`);
    }
  });
});

describe('a cluster without the plugins', () => {
  /** Knows the analysis of these alone. */
  const clusterWith = async (...known: ReadonlyArray<string>): Promise<Client> => {
    const server = createServer((request, response) => {
      let asked = '';
      request.on('data', (bytes: Buffer) => (asked += bytes.toString()));
      request.on('end', () => {
        const status = known.some((name) => asked.includes(name)) ? 200 : 400;
        response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
        response.end(JSON.stringify({ tokens: [], error: { type: 'illegal_argument_exception' } }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = elasticClient({
      nodes: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
      prefix: 'none',
    });
    onTestFinished(async () => {
      await client.close();
      server.close();
    });
    return client;
  };

  test('says what to install', async () => {
    const checking = checkAnalysis(await clusterWith());
    await expect(checking).rejects.toThrow(MissingPlugins);
    await expect(checking).rejects.toThrow(
      'lacks analysis-kuromoji and analysis-icu: on every node run ' +
        'bin/elasticsearch-plugin install analysis-kuromoji && bin/elasticsearch-plugin install analysis-icu',
    );
    await expect(checkAnalysis(await clusterWith('kuromoji'))).rejects.toThrow('lacks analysis-icu: ');
  });

  test('one with both is taken, and one that does not answer yet is waited for', async () => {
    await checkAnalysis(await clusterWith('kuromoji', 'icu'));
    const client = elasticClient({ nodes: ['http://127.0.0.1:9'], prefix: 'none' });
    onTestFinished(() => client.close());
    await expect(checkAnalysis(client)).resolves.toBeUndefined();
  });
});
