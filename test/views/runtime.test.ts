import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { BadPosition, type Position } from '../../src/application/ports/event-store.js';
import { ViewUnavailable } from '../../src/application/ports/views.js';
import { ArticlePublished } from '../../src/domain/faq/events.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../src/domain/kernel/ids.js';
import { DepartmentOpened } from '../../src/domain/department/events.js';
import { allViews } from '../../src/infrastructure/views/sqlite/all-views.js';
import type { BuildView, EventReader } from '../../src/infrastructure/views/build/build.js';
import { SqliteDirectory } from '../../src/infrastructure/views/sqlite/directory.js';
import { SqliteFaqSearch } from '../../src/infrastructure/views/sqlite/faq-search.js';
import type { SqliteView } from '../../src/infrastructure/views/sqlite/sqlite-view.js';
import { SqliteViews } from '../../src/infrastructure/views/sqlite/sqlite-views.js';
import { tempDir } from '../support/temp-dir.js';
import { EventLog } from './event-log.js';
import { ToldDictionary } from './told-dictionary.js';
import { becomes, buildHere, caughtUp, openViews, statusOf } from './views-fixture.js';

const article = (question: string) =>
  ArticlePublished({
    question,
    answer: '窓口へどうぞ。',
    category: 'kurashi' as CategoryCode,
    department: 'shimin' as DepartmentCode,
  });

const found = async (views: SqliteViews, text: string) =>
  (await new SqliteFaqSearch(views, new ToldDictionary()).search({ text, limit: 10 })).items.map(
    ({ id }) => id as string,
  );

const soon = () => AbortSignal.timeout(10_000);

/** A build that waits for leave to begin. */
const gated = (buildView: BuildView) => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    leave: gate.resolve,
    buildView: (async (...job) => {
      begun.resolve();
      await Promise.race([gate.promise, new Promise((resolve) => job[3].addEventListener('abort', resolve))]);
      job[3].throwIfAborted();
      return buildView(...job);
    }) satisfies BuildView,
  };
};

const withVersion = (projection: number, schema: number): ReadonlyArray<SqliteView> =>
  allViews.map((view) => ({
    ...view,
    projection: { ...view.projection, version: projection },
    schemaVersion: schema,
  }));

describe('read your own writes', () => {
  test('a reader waits until its write is in', async () => {
    const log = new EventLog();
    const views = await openViews(log);
    const position = log.add('faq', 'a', article('粗大ごみ'));
    expect(await views.waitFor('faq-articles', position, soon())).toBe(true);
    expect(await found(views, 'ごみ')).toEqual(['a']);
  });

  test('also for a write that is of no concern to the view', async () => {
    const log = new EventLog();
    const views = await openViews(log);
    const position = log.add('department', 'shimin', DepartmentOpened({ name: '市民課' }));
    expect(await views.waitFor('faq-articles', position, soon())).toBe(true);
  });

  test('a position that the store never gave is refused', async () => {
    const log = new EventLog('a');
    const views = await openViews(log);
    const foreign = new EventLog('b').add('faq', 'a', article('粗大ごみ'));
    const beyond = new EventLog('a').add('faq', 'a', article('粗大ごみ'));
    await expect(views.waitFor('faq-articles', foreign, soon())).rejects.toThrow(BadPosition);
    await expect(views.waitFor('faq-articles', beyond, soon())).rejects.toThrow(BadPosition);
  });

  test('no longer than its patience', async () => {
    const log = new EventLog();
    log.add('faq', 'a', article('粗大ごみ'));
    const { buildView } = gated(buildHere(log));
    const views = await openViews(log, { buildView });
    const patience = new AbortController();
    const waiting = views.waitFor('faq-articles', await log.head(), patience.signal);
    patience.abort();
    expect(await waiting).toBe(false);
    expect(await views.waitFor('faq-articles', await log.head(), patience.signal)).toBe(false);
  });
});

describe('rebuild', () => {
  test('the generation before answers and stays fresh until the new one takes its place', async () => {
    const log = new EventLog();
    const folder = tempDir();
    const { begun, leave, buildView } = gated(buildHere(log));
    const views = await openViews(log, { folder, buildView });
    log.add('faq', 'a', article('粗大ごみ'));
    await caughtUp(views, log, 'faq-articles');
    const files = () => readdirSync(folder).filter((name) => /^faq-articles\.\d+\.sqlite$/.test(name));
    const before = files();

    await views.rebuild('faq-articles');
    await begun;
    await views.rebuild('faq-articles');
    expect(await statusOf(views, 'faq-articles')).toMatchObject({
      state: 'rebuilding',
      rebuild: { total: 1, done: 0 },
    });
    log.add('faq', 'b', article('粗大ごみの券'));
    await caughtUp(views, log, 'faq-articles');
    expect((await found(views, 'ごみ')).toSorted()).toEqual(['a', 'b']);

    leave();
    await becomes(views, 'faq-articles', { state: 'live', lag: { events: 0, ageMs: 0 } });
    expect((await found(views, 'ごみ')).toSorted()).toEqual(['a', 'b']);
    expect(files()).toHaveLength(1);
    expect(files()).not.toEqual(before);
  });

  test('a view built for the first time says so, then answers', async () => {
    const log = new EventLog();
    log.add('faq', 'a', article('粗大ごみ'));
    const { begun, leave, buildView } = gated(buildHere(log));
    const views = await openViews(log, { buildView });
    await begun;
    await expect(found(views, 'ごみ')).rejects.toThrow(ViewUnavailable);
    expect(await statusOf(views, 'faq-articles')).toMatchObject({ state: 'building', lag: { events: 1 } });
    leave();
    await caughtUp(views, log, ...allViews.map(({ projection }) => projection.name));
    expect(await found(views, 'ごみ')).toEqual(['a']);
  });

  test('interrupted, it goes on from where it stood', async () => {
    const log = new EventLog();
    const folder = tempDir();
    for (let i = 0; i < 2_500; i++) log.add('department', `d${i}`, DepartmentOpened({ name: `第${i}課` }));
    const half = Promise.withResolvers<void>();
    const dies: BuildView = (name, file, onProgress, signal) =>
      buildHere(log)(
        name,
        file,
        (progress) => {
          onProgress(progress);
          if (name !== 'directory' || progress.done < 2_000) return;
          half.resolve();
          throw new Error('as if the process had died');
        },
        signal,
      );
    const first = await openViews(log, { folder, buildView: dies });
    await half.promise;
    await first.close();

    const read: Array<Position | undefined> = [];
    const watched: EventReader = {
      head: () => log.head(),
      readAll: (options) => {
        if (options?.filter?.types?.includes('DepartmentOpened')) read.push(options.from);
        return log.readAll(options);
      },
    };
    const second = await openViews(log, { folder, buildView: buildHere(watched) });
    await caughtUp(second, log, 'directory');
    expect(await new SqliteDirectory(second).departments()).toHaveLength(2_500);
    expect(read[0]).toBe(log.events[1_999]!.position);
  });

  test('a failure is not the end of it', async () => {
    const log = new EventLog();
    log.add('faq', 'a', article('粗大ごみ'));
    let attempts = 0;
    const views = await openViews(log, {
      buildView: async (...job) => {
        if (++attempts === 1) throw new Error('disk full');
        return buildHere(log)(...job);
      },
    });
    await caughtUp(views, log, 'faq-articles');
    expect(attempts).toBeGreaterThan(1);
  });
});

describe('a new program', () => {
  const publishedBy = async (folder: string, log: EventLog, views: ReadonlyArray<SqliteView>) => {
    const opened = await openViews(log, { folder, views });
    log.add('faq', 'a', article('粗大ごみ'));
    await caughtUp(opened, log, 'faq-articles');
    await opened.close();
  };

  test('with another projection builds anew while the documents of the old one answer', async () => {
    const [log, folder] = [new EventLog(), tempDir()];
    await publishedBy(folder, log, withVersion(1, 1));
    const { begun, leave, buildView } = gated(buildHere(log, withVersion(2, 1)));
    const views = await openViews(log, { folder, views: withVersion(2, 1), buildView });
    await begun;
    expect(await statusOf(views, 'faq-articles')).toMatchObject({ state: 'rebuilding', version: '1.1' });
    expect(await found(views, 'ごみ')).toEqual(['a']);
    leave();
    await becomes(views, 'faq-articles', { state: 'live', version: '2.1' });
    expect(await found(views, 'ごみ')).toEqual(['a']);
  });

  test('with other tables does not read the old ones', async () => {
    const [log, folder] = [new EventLog(), tempDir()];
    await publishedBy(folder, log, withVersion(1, 1));
    const { leave, buildView } = gated(buildHere(log, withVersion(1, 2)));
    const views = await openViews(log, { folder, views: withVersion(1, 2), buildView });
    await expect(found(views, 'ごみ')).rejects.toThrow(ViewUnavailable);
    leave();
    await becomes(views, 'faq-articles', { state: 'live', version: '1.2' });
  });

  test('of the same version goes on where it stood', async () => {
    const [log, folder] = [new EventLog(), tempDir()];
    await publishedBy(folder, log, allViews);
    const buildView = vi.fn<BuildView>();
    const views = await openViews(log, { folder, buildView });
    expect(await found(views, 'ごみ')).toEqual(['a']);
    expect(buildView).not.toHaveBeenCalled();
  });

  test('over another store shows nothing of the one before', async () => {
    const folder = tempDir();
    await publishedBy(folder, new EventLog('a'), allViews);
    const other = new EventLog('b');
    other.add('faq', 'b', article('粗大ごみ'));
    const views = await openViews(other, { folder });
    await caughtUp(views, other, 'faq-articles');
    expect(await found(views, 'ごみ')).toEqual(['b']);
  });

  test('builds anew what is no database any more', async () => {
    const [log, folder] = [new EventLog(), tempDir()];
    await publishedBy(folder, log, allViews);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'x'.repeat(4_096));
    const views = await openViews(log, { folder });
    await caughtUp(views, log, 'faq-articles');
    expect(await found(views, 'ごみ')).toEqual(['a']);
  });
});

describe('an event that cannot be read', () => {
  const spoiled = async (log: EventLog) => {
    log.add('faq', 'a', article('粗大ごみ'));
    const event = ArticlePublished({ ...article('住民票').data, question: 5 as never });
    const position = log.add('faq', 'b', event);
    log.add('faq', 'c', article('住民票の写し'));
    log.add('department', 'shimin', DepartmentOpened({ name: '市民課' }));
    const reason = 'invalid_field at question';
    return { eventId: log.events[1]!.id, type: 'ArticlePublished', position, reason };
  };

  test('stops its view before it, names it, and leaves the others alone', async () => {
    const log = new EventLog();
    const views = await openViews(log);
    const poisonedBy = await spoiled(log);
    await caughtUp(views, log, 'directory');
    expect(await statusOf(views, 'faq-articles')).toMatchObject({
      state: 'stopped',
      poisonedBy,
      position: log.events[0]!.position,
      lag: { events: 3 },
    });
    expect(await found(views, 'ごみ')).toEqual(['a']);
    expect(await found(views, '住民票')).toEqual([]);
    expect(await views.waitFor('faq-articles', await log.head(), soon())).toBe(false);
    expect(await statusOf(views, 'directory')).toMatchObject({ state: 'live' });
  });

  test('is met again after a restart, and read once the program can', async () => {
    const [log, folder] = [new EventLog(), tempDir()];
    const first = await openViews(log, { folder });
    await spoiled(log);
    await becomes(first, 'faq-articles', { state: 'stopped' });
    await first.close();
    const second = await openViews(log, { folder });
    await becomes(second, 'faq-articles', { state: 'stopped' });
    await second.close();

    log.events[1] = { ...log.events[1]!, content: { _tag: 'plain', data: article('住民票').data } };
    const third = await openViews(log, { folder });
    await caughtUp(third, log, 'faq-articles');
    expect((await found(third, '住民票')).toSorted()).toEqual(['b', 'c']);
  });

  test('stops a rebuild, and the generation before goes on', async () => {
    const log = new EventLog();
    const views = await openViews(log);
    log.add('faq', 'a', article('粗大ごみ'));
    await caughtUp(views, log, 'faq-articles');
    log.events[0] = { ...log.events[0]!, content: { _tag: 'erased' } };
    await views.rebuild('faq-articles');
    await becomes(views, 'faq-articles', { state: 'rebuilding', poisonedBy: { reason: 'its content is erased' } });
    log.add('faq', 'b', article('粗大ごみの券'));
    await caughtUp(views, log, 'faq-articles');
    expect(await new SqliteFaqSearch(views, new ToldDictionary()).get('b' as ArticleId)).toBeDefined();

    log.events[0] = { ...log.events[0], content: { _tag: 'plain', data: article('粗大ごみ').data } };
    await views.rebuild('faq-articles');
    await becomes(views, 'faq-articles', { state: 'live' });
    expect((await found(views, 'ごみ')).toSorted()).toEqual(['a', 'b']);
  });

  test('stops a first build', async () => {
    const log = new EventLog();
    const poisonedBy = await spoiled(log);
    const views = await openViews(log);
    await becomes(views, 'faq-articles', { state: 'stopped', poisonedBy });
    await expect(found(views, 'ごみ')).rejects.toThrow(ViewUnavailable);
  });
});
