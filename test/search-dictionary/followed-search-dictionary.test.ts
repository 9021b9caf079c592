import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  BadPosition,
  StoreUnavailable,
  streamName,
  type EventStore,
  type Json,
} from '../../src/application/ports/event-store.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { FollowedSearchDictionary } from '../../src/infrastructure/search-dictionary/followed-search-dictionary.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { append, newEvent } from '../event-store/synthetic-events.js';
import { tempDir } from '../support/temp-dir.js';

beforeAll(() => Logger.overrideLogger(false));

const group = '0197c1f0-0000-7000-8000-000000000001';
/** The Japanese dictionary is loaded at the first analysis. */
const soon = { timeout: 10_000 };
const stream = streamName('searchdictionary', 'city');

/** A store, how to write a dictionary's events into it, and how to follow them until the test ends. */
const setUp = () => {
  const store = SqliteEventStore.open({ file: join(tempDir(), 'events.sqlite'), clock: new SystemClock() });
  onTestFinished(() => store.close());
  let written = -1;
  const write = async (type: string, data: Json) => {
    const { revision } = await append(store, stream, written < 0 ? 'none' : written, [newEvent(data, type)]);
    written = revision;
  };
  const define = (...expressions: ReadonlyArray<string>) => write('SynonymsDefined', { group, expressions });
  const follow = (of: EventStore = store) => {
    const dictionary = FollowedSearchDictionary.follow(of, [1, 4]);
    onTestFinished(() => dictionary.close());
    return dictionary;
  };
  return { store, write, define, follow };
};

/** The store, but for subscriptions, of which each is as a test says. */
const withSubscriptions = (store: SqliteEventStore, subscribe: EventStore['subscribe']): EventStore =>
  new Proxy(store, {
    get: (target, key) => {
      if (key === 'subscribe') return subscribe;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

describe('the dictionary of a process', () => {
  test('holds what was defined before it began, and what comes after', async () => {
    const { define, write, follow } = setUp();
    await define('粗大ごみ', '大型ごみ');
    await write('StopWordAdded', { word: '手続き' });
    const dictionary = follow();
    await expect.poll(() => dictionary.current().revision, soon).toBe(1);
    expect(dictionary.current()).toEqual({
      synonyms: [{ group, expressions: ['粗大ごみ', '大型ごみ'] }],
      stopWords: ['手続き'],
      revision: 1,
    });
    await write('SynonymsRemoved', { group });
    await expect.poll(() => dictionary.current(), soon).toEqual({ synonyms: [], stopWords: ['手続き'], revision: 2 });
  });

  test('is the same object until it is edited: what is made of it can be kept', async () => {
    const { define, follow, write } = setUp();
    await define('粗大ごみ', '大型ごみ');
    const dictionary = follow();
    await expect.poll(() => dictionary.current().revision, soon).toBe(0);
    const before = dictionary.current();
    expect(dictionary.current()).toBe(before);
    await write('StopWordAdded', { word: '手続き' });
    await expect.poll(() => dictionary.current().revision, soon).toBe(1);
    expect(dictionary.current().synonyms[0]).toBe(before.synonyms[0]);
  });

  test('begins with nothing, and misses nothing that comes while it begins', async () => {
    const { define, follow } = setUp();
    const dictionary = follow();
    expect(dictionary.current()).toEqual({ synonyms: [], stopWords: [] });
    await define('粗大ごみ', '大型ごみ');
    await expect.poll(() => dictionary.current().revision, soon).toBe(0);
  });

  test('stays as it is in an outage and follows again by itself', async () => {
    const { store, define, write, follow } = setUp();
    await define('粗大ごみ', '大型ごみ');
    const askedAgain = Promise.withResolvers<void>();
    let failures = 0;
    let up = new AbortController();
    const unsteady = withSubscriptions(store, (options) => {
      if (up.signal.aborted && ++failures === 5) askedAgain.resolve();
      if (up.signal.aborted) throw new StoreUnavailable('down');
      return store.subscribe({ ...options, signal: AbortSignal.any([options.signal, up.signal]) });
    });
    const dictionary = follow(unsteady);
    await expect.poll(() => dictionary.current().revision, soon).toBe(0);
    up.abort();
    await write('StopWordAdded', { word: '手続き' });
    await askedAgain.promise;
    expect(dictionary.current()).toMatchObject({ stopWords: [], revision: 0 });
    up = new AbortController();
    await expect.poll(() => dictionary.current(), soon).toMatchObject({ stopWords: ['手続き'], revision: 1 });
  });

  test('reads all again when its position was refused', async () => {
    const { store, define, follow } = setUp();
    await define('粗大ごみ', '大型ごみ');
    let refused = false;
    const moved = withSubscriptions(store, (options) => {
      if (refused) return store.subscribe(options);
      refused = true;
      throw new BadPosition('foreign_position', 'of another store');
    });
    const dictionary = follow(moved);
    await expect.poll(() => refused, soon).toBe(true);
    await expect.poll(() => dictionary.current().synonyms, soon).toHaveLength(1);
  });

  test('stays before an event that it cannot read, and says so without repeating it', async () => {
    const log: string[] = [];
    Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (line: string) => log.push(line) });
    onTestFinished(() => Logger.overrideLogger(false));
    const { define, write, follow } = setUp();
    await define('粗大ごみ', '大型ごみ');
    await write('StopWordAdded', { colour: 'himitsu' });
    await write('StopWordAdded', { word: '手続き' });
    const dictionary = follow();
    await expect.poll(() => log.length, soon).toBeGreaterThan(0);
    expect(dictionary.current()).toMatchObject({ stopWords: [], revision: 0 });
    expect(log[0]).toMatch(/StopWordAdded.*cannot be read: missing_field at word/);
    expect(log.join('\n')).not.toContain('himitsu');
  });
});
