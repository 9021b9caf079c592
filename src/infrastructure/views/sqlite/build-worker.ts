import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { KurrentDbEventStore } from '../../event-store/kurrentdb/kurrentdb-event-store.js';
import { openEventReader } from '../../event-store/sqlite/sqlite-event-reader.js';
import { SystemClock } from '../../system-clock.js';
import { allViews } from './all-views.js';
import type { BuildJob, BuildMessage, EventsSource } from './build-job.js';
import { build } from './build.js';
import { Generation } from './generation.js';

const { view: name, file, events } = workerData as BuildJob;
const tell = (message: BuildMessage) => parentPort!.postMessage(message);

// On Linux a priority is a thread's own; elsewhere this would slow down the server as well.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const view = allViews.find(({ projection }) => projection.name === name);
if (view === undefined) throw new Error(`no view ${name}`);
const open = async (source: EventsSource) =>
  'sqlite' in source
    ? openEventReader(source.sqlite)
    : KurrentDbEventStore.open({ url: source.kurrentDb, clock: new SystemClock() });

const reader = await open(events);
const generation = Generation.open(view, file);
try {
  const poisonedBy = await build(generation, reader, (progress) => tell({ _tag: 'progress', progress }));
  generation.close();
  tell({ _tag: 'ended', poisonedBy });
} finally {
  await reader.close();
}
