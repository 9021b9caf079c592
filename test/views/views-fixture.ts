import { expect, onTestFinished, vi } from 'vitest';
import type { EventStore } from '../../src/application/ports/event-store.js';
import type { PoisonedBy, ViewName, ViewStatus } from '../../src/application/ports/views.js';
import { instant } from '../../src/domain/kernel/time.js';
import { allViews } from '../../src/infrastructure/views/sqlite/all-views.js';
import { build, type BuildView, type EventReader } from '../../src/infrastructure/views/build/build.js';
import { Generation } from '../../src/infrastructure/views/sqlite/generation.js';
import type { SqliteView } from '../../src/infrastructure/views/sqlite/sqlite-view.js';
import { SqliteViews } from '../../src/infrastructure/views/sqlite/sqlite-views.js';
import { tempDir, type Ending } from '../support/temp-dir.js';

/** Far longer than it takes: the machine may have much else to do. */
const WITHIN_MS = 25_000;

/** Builds as the worker does, in this thread. */
export const buildHere =
  (reader: EventReader, views: ReadonlyArray<SqliteView> = allViews): BuildView =>
  async (name, file, onProgress, signal): Promise<PoisonedBy | undefined> => {
    const generation = Generation.open(
      views.find(({ projection }) => projection.name === name)!,
      file,
    );
    try {
      return await build(generation, reader, (progress) => {
        signal.throwIfAborted();
        onProgress(progress);
      });
    } finally {
      generation.close();
    }
  };

export interface Opened {
  readonly ending?: Ending;
  readonly folder?: string;
  readonly views?: ReadonlyArray<SqliteView>;
  readonly buildView?: BuildView;
}

/** Views over a store, started, and closed when the test ends. */
export const openViews = async (store: EventStore, options: Opened = {}): Promise<SqliteViews> => {
  const { ending = onTestFinished, views = allViews, buildView = buildHere(store, views) } = options;
  const { folder = tempDir(ending) } = options;
  const opened = new SqliteViews(folder, store, views, buildView);
  await opened.start();
  ending(() => opened.close());
  return opened;
};

/** Resolves when the views named hold all that the store does. */
export const caughtUp = async (views: SqliteViews, store: EventStore, ...names: ReadonlyArray<ViewName>) => {
  const head = await store.head();
  for (const name of names) expect(await views.waitFor(name, head, AbortSignal.timeout(WITHIN_MS))).toBe(true);
};

export const statusOf = async (views: SqliteViews, name: ViewName): Promise<ViewStatus> =>
  (await views.status(instant(Date.UTC(2026, 3, 2)))).find(({ view }) => view === name)!;

/** Resolves when the view's status is as expected. */
export const becomes = (views: SqliteViews, name: ViewName, expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await statusOf(views, name)).toMatchObject(expected), {
    timeout: WITHIN_MS,
    interval: 5,
  });
