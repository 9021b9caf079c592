import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SoleOwner } from '../../src/infrastructure/leases/sole-owner.js';
import { openState } from '../../src/infrastructure/state/sqlite/open-state.js';
import { SqliteCheckpoints } from '../../src/infrastructure/state/sqlite/sqlite-checkpoints.js';
import { SqlitePluginState } from '../../src/infrastructure/state/sqlite/sqlite-plugin-state.js';
import { tempDir } from '../support/temp-dir.js';
import { checkpointsContract } from './checkpoints.contract.js';
import { pluginStateContract } from './plugin-state.contract.js';

const opened = (file: string): DatabaseSync => {
  const db = openState(file);
  onTestFinished(() => db.close());
  return db;
};

const place = async () => {
  const file = join(tempDir(), 'state.sqlite');
  const leases = new SoleOwner();
  return {
    open: async () => {
      const db = opened(file);
      return { state: new SqlitePluginState(db), checkpoints: new SqliteCheckpoints(db), leases };
    },
  };
};

checkpointsContract('SqliteCheckpoints', place);
pluginStateContract('SqlitePluginState', place);

test('syncs before it resolves', () => {
  const db = opened(join(tempDir(), 'state.sqlite'));
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
});

test('refuses a file of a newer program', () => {
  const file = join(tempDir(), 'state.sqlite');
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 2');
  db.close();
  expect(() => openState(file)).toThrow('newer');
});
