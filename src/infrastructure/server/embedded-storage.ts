import { existsSync } from 'node:fs';
import type { Clock } from '../../application/ports/clock.js';
import { mayOpen, SEALED_CATEGORIES } from '../../domain/kernel/disclosure.js';
import type { Config } from '../config.js';
import { DataDirectory } from '../data-directory.js';
import { SealedEventStore } from '../event-store/sealed/sealed-event-store.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { readOrCreateMasterKey } from '../keys/master-key-file.js';
import { SqliteKeyVault } from '../keys/sqlite/sqlite-key-vault.js';
import { SoleOwner } from '../leases/sole-owner.js';
import { openState } from '../state/sqlite/open-state.js';
import { SqliteCheckpoints } from '../state/sqlite/sqlite-checkpoints.js';
import { SqlitePluginState } from '../state/sqlite/sqlite-plugin-state.js';
import { openViews } from './opened-views.js';
import type { Storage } from './storage.js';

/** Everything in files of the data directory, for one process. */
export const openEmbedded = async (config: Config, clock: Clock, buildWorker: URL): Promise<Storage> => {
  // Closes in reverse what was opened, all of it, also when an opening or a closing fails.
  await using opened = new AsyncDisposableStack();
  const directory = opened.adopt(DataDirectory.open(config.data), (held) => held.release());
  const keysFile = directory.file('keys.sqlite');
  const masterKey = readOrCreateMasterKey(
    config.masterKey ?? directory.file('master.key'),
    existsSync(keysFile) ? keysFile : undefined,
  );
  const keys = opened.adopt(SqliteKeyVault.open({ file: keysFile, masterKey, access: mayOpen }), (v) => v.close());
  const state = opened.adopt(openState(directory.file('state.sqlite')), (db) => db.close());
  const eventsFile = directory.file('events.sqlite');
  const events = opened.adopt(SqliteEventStore.open({ file: eventsFile, clock }), (s) => s.close());
  const store = new SealedEventStore(events, keys, SEALED_CATEGORIES);
  const leases = new SoleOwner();
  const options = { store, clock, leases, buildWorker, events: { sqlite: eventsFile } };
  const views = opened.adopt(await openViews(config, directory, options), (v) => v.close());
  const held = opened.move();
  return {
    store,
    keys,
    views: views.views,
    viewPorts: views.ports,
    leases,
    checkpoints: new SqliteCheckpoints(state),
    pluginState: new SqlitePluginState(state),
    checkTokenKey: async () => undefined,
    close: () => held.disposeAsync(),
  };
};
