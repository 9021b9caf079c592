import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqlitePluginState } from '../../src/infrastructure/plugins/sqlite-plugin-state.js';
import { tempDir } from '../support/temp-dir.js';

const opened = (file: string): SqlitePluginState => {
  const state = SqlitePluginState.open(file);
  onTestFinished(() => state.close());
  return state;
};

test('keeps the last value of each key of each instance over a restart', async () => {
  const file = join(tempDir(), 'plugins.sqlite');
  const state = opened(file);
  expect(await state.get('honcho', 'cursor')).toBeUndefined();
  await state.set('honcho', 'cursor', '1');
  await state.set('honcho', 'cursor', '2');
  await state.set('kuyakusho', 'cursor', '3');
  state.close();
  state.close();
  const again = opened(file);
  expect(await again.get('honcho', 'cursor')).toBe('2');
  expect(await again.get('kuyakusho', 'cursor')).toBe('3');
  expect(await again.get('honcho', 'other')).toBeUndefined();
});

test('syncs before it resolves', () => {
  const state = opened(join(tempDir(), 'plugins.sqlite'));
  const { db } = state as unknown as { db: DatabaseSync };
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
});

test('refuses a file of a newer program', () => {
  const file = join(tempDir(), 'plugins.sqlite');
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 2');
  db.close();
  expect(() => SqlitePluginState.open(file)).toThrow('newer');
});
