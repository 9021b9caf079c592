import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { ViewName } from '../../../application/ports/views.js';
import { KurrentDbEventStore } from '../../event-store/kurrentdb/kurrentdb-event-store.js';
import { openEventReader } from '../../event-store/sqlite/sqlite-event-reader.js';
import { SystemClock } from '../../system-clock.js';
import { allElasticViews } from '../elasticsearch/all-views.js';
import { elasticClient } from '../elasticsearch/client.js';
import { ViewIndex } from '../elasticsearch/view-index.js';
import { allViews } from '../sqlite/all-views.js';
import { Generation } from '../sqlite/generation.js';
import type { BuildJob, BuildMessage, EventsSource } from './build-job.js';
import { build } from './build.js';

const { view: name, target, cluster, events } = workerData as BuildJob;
const tell = (message: BuildMessage) => parentPort!.postMessage(message);

// On Linux a priority is a thread's own; elsewhere this would slow down the server as well.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const named = <V extends { readonly projection: { readonly name: ViewName } }>(views: ReadonlyArray<V>): V => {
  const view = views.find(({ projection }) => projection.name === name);
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
};

const openReader = async (source: EventsSource) =>
  'sqlite' in source
    ? openEventReader(source.sqlite)
    : KurrentDbEventStore.open({ url: source.kurrentDb, clock: new SystemClock() });

const openTarget = async () => {
  if (cluster === undefined) return Generation.open(named(allViews), target);
  const client = elasticClient(cluster);
  const index = await ViewIndex.open(client, named(allElasticViews), target);
  return Object.assign(index, { close: () => client.close() });
};

const reader = await openReader(events);
const generation = await openTarget();
try {
  const poisonedBy = await build(generation, reader, (progress) => tell({ _tag: 'progress', progress }));
  await generation.close();
  tell({ _tag: 'ended', poisonedBy });
} finally {
  await reader.close();
}
