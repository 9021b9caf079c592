import { join } from 'node:path';
import { isRight } from 'fp-ts/lib/Either.js';
import { expect, onTestFinished, test } from 'vitest';
import { streamName, type EventId, type NewEvent } from '../../src/application/ports/event-store.js';
import type { BuildView } from '../../src/infrastructure/views/build/build.js';
import { DepartmentOpened } from '../../src/domain/department/events.js';
import type { Actor } from '../../src/domain/kernel/actor.js';
import { instant } from '../../src/domain/kernel/time.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { buildInWorker } from '../../src/infrastructure/views/build/build-in-worker.js';
import { directoryView, SqliteDirectory } from '../../src/infrastructure/views/sqlite/directory.js';
import { tempDir } from '../support/temp-dir.js';
import { becomes, caughtUp, openViews } from './views-fixture.js';

const worker = new URL('../../src/infrastructure/views/build/build-worker.ts', import.meta.url);
// The sources as they stand, without a build.
const hook = new URL('../support/typescript.mjs', import.meta.url).href;
const execArgv = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', `--import=${hook}`];

const now = instant(Date.UTC(2026, 3, 1));

const opened = (n: number): NewEvent => ({
  id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}` as EventId,
  type: DepartmentOpened.type,
  content: { _tag: 'plain', data: { name: `第${n}課` } },
  metadata: {
    actor: { subject: 'ad-0001', role: 'administrator' } as Actor,
    commandId: `c-${n}`,
    commandDigest: '',
    causation: `c-${n}`,
    correlation: `c-${n}`,
    occurredAt: now,
    schemaVersion: 1,
  },
});

const city = async (departments: number) => {
  const folder = tempDir();
  const file = join(folder, 'events.sqlite');
  const store = SqliteEventStore.open({ file, clock: { now: () => now } });
  onTestFinished(() => store.close());
  const add = async (...numbers: ReadonlyArray<number>) => {
    const appends = numbers.map((n) => store.append(streamName('department', `d${n}`), 'none', [opened(n)])());
    for (const appended of await Promise.all(appends)) expect(isRight(appended)).toBe(true);
  };
  await add(...Array.from({ length: departments }, (_, n) => n));
  return { store, add, views: join(folder, 'views'), buildView: buildInWorker(worker, { sqlite: file }, { execArgv }) };
};

test('a first build and a rebuild, with writes going on', async () => {
  const { store, add, views: folder, buildView } = await city(2_000);
  const views = await openViews(store, { views: [directoryView], folder, buildView });
  await caughtUp(views, store, 'directory');
  expect(await new SqliteDirectory(views).departments()).toHaveLength(2_000);

  await views.rebuild('directory');
  await add(2_000, 2_001);
  await caughtUp(views, store, 'directory');
  await becomes(views, 'directory', { state: 'live' });
  expect(await new SqliteDirectory(views).departments()).toHaveLength(2_002);
});

test('a thread that goes away in the middle leaves what the next one goes on from', async () => {
  const { store, views: folder, buildView } = await city(5_000);
  const done: number[] = [];
  const begun = Promise.withResolvers<void>();
  const watched: BuildView = (view, file, onProgress, signal) =>
    buildView(
      view,
      file,
      (progress) => {
        if (view === 'directory') {
          done.push(progress.done);
          begun.resolve();
        }
        onProgress(progress);
      },
      signal,
    );
  const first = await openViews(store, { views: [directoryView], folder, buildView: watched });
  await begun.promise;
  await first.close();
  const before = done.splice(0);

  const second = await openViews(store, { views: [directoryView], folder, buildView: watched });
  await caughtUp(second, store, 'directory');
  expect(await new SqliteDirectory(second).departments()).toHaveLength(5_000);
  expect(done[0] ?? 5_000).toBeGreaterThan(before[0]!);
});

test('what the thread throws is told', async () => {
  const { buildView, views: folder } = await city(0);
  const building = buildView('nonsense' as never, join(folder, 'x'), () => undefined, new AbortController().signal);
  await expect(building).rejects.toThrow('no view nonsense');
});
