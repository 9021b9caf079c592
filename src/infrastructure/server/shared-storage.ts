import { Logger } from '@nestjs/common';
import type { Clock } from '../../application/ports/clock.js';
import { mayOpen, SEALED_CATEGORIES } from '../../domain/kernel/disclosure.js';
import type { Config, SharedStorage } from '../config.js';
import { DataDirectory } from '../data-directory.js';
import { KurrentDbEventStore } from '../event-store/kurrentdb/kurrentdb-event-store.js';
import { SealedEventStore } from '../event-store/sealed/sealed-event-store.js';
import { PostgresKeyVault } from '../keys/postgres/postgres-key-vault.js';
import { readOrCreateMasterKey } from '../keys/master-key-file.js';
import { PostgresLeases } from '../leases/postgres/postgres-leases.js';
import { ServingLock } from '../postgres/serving-lock.js';
import { PostgresCheckpoints } from '../state/postgres/postgres-checkpoints.js';
import { PostgresPluginState } from '../state/postgres/postgres-plugin-state.js';
import { openPostgresState } from '../state/postgres/open-state.js';
import { openViews } from './opened-views.js';
import type { Storage } from './storage.js';

/** The data is being moved away from under this process: it ends as at a signal. */
const endInOrder = (why: Error): void => {
  new Logger('Madoguchi').error(why.message);
  process.kill(process.pid, 'SIGTERM');
};

/** A secret that all processes share differs here. */
export class SecretDiffers extends Error {}

/** Events, keys and leases on servers that several processes share; views too, or each process's own. */
export const openShared = async (
  config: Config,
  { eventStore, keys: keysUrl, database }: SharedStorage,
  clock: Clock,
  buildWorker: URL,
): Promise<Storage> => {
  await using opened = new AsyncDisposableStack();
  const directory = opened.adopt(DataDirectory.open(config.data), (held) => held.release());
  // Before anything is written: what is being moved away must not grow.
  opened.adopt(await ServingLock.take(database, 'serving', endInOrder), (lock) => lock.release());
  const masterKeyFile = config.masterKey ?? directory.file('master.key');
  const keys = opened.adopt(
    await PostgresKeyVault.open({
      url: keysUrl,
      masterKey: (isFirst) => readOrCreateMasterKey(masterKeyFile, isFirst ? undefined : 'the database of KEYS_URL'),
      access: mayOpen,
    }),
    (vault) => vault.close(),
  );
  const state = opened.adopt(await openPostgresState(database), (pool) => pool.end());
  const leases = opened.adopt(await PostgresLeases.open(database), (held) => held.close());
  const events = opened.adopt(await KurrentDbEventStore.open({ url: eventStore, clock }), (store) => store.close());
  const store = new SealedEventStore(events, keys, SEALED_CATEGORIES);
  const options = { store, clock, leases, buildWorker, events: { kurrentDb: eventStore } };
  const views = opened.adopt(await openViews(config, directory, options), (v) => v.close());
  const held = opened.move();
  return {
    store,
    keys,
    views: views.views,
    viewPorts: views.ports,
    leases,
    checkpoints: new PostgresCheckpoints(state),
    pluginState: new PostgresPluginState(state),
    checkTokenKey: async (fingerprint) => {
      if (await keys.shares('token-signing-key', fingerprint)) return;
      throw new SecretDiffers(
        'the key that signs tokens is another one than that of the other processes: ' +
          'give all of them the same file in MADOGUCHI_TOKEN_KEY',
      );
    },
    close: () => held.disposeAsync(),
  };
};
