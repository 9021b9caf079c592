import type { Clock } from '../../application/ports/clock.js';
import { mayOpen } from '../../domain/kernel/disclosure.js';
import type { SharedStorage } from '../config.js';
import { KurrentDbEventStore } from '../event-store/kurrentdb/kurrentdb-event-store.js';
import type { MasterKey } from '../keys/master-key.js';
import { PostgresKeyVault } from '../keys/postgres/postgres-key-vault.js';
import { ServingLock } from '../postgres/serving-lock.js';
import { beginWith, cursorsIn } from '../state/postgres/move-state.js';
import { openPostgresState } from '../state/postgres/open-state.js';
import type { Side } from './side.js';

/** EventStoreDB and PostgreSQL, locked; the views of each process are its own affair. Throws while processes serve. */
export const openSharedSide = async (
  { eventStore, keys, database }: SharedStorage,
  masterKey: MasterKey,
  clock: Clock,
  displaced: (why: Error) => void,
): Promise<Side> => {
  await using opened = new AsyncDisposableStack();
  opened.adopt(await ServingLock.take(database, 'alone', displaced), (lock) => lock.release());
  const vault = opened.adopt(
    await PostgresKeyVault.open({ url: keys, masterKey: () => masterKey, access: mayOpen }),
    (held) => held.close(),
  );
  const state = opened.adopt(await openPostgresState(database), (pool) => pool.end());
  const store = opened.adopt(await KurrentDbEventStore.open({ url: eventStore, clock, evenIfMoved: true }), (events) =>
    events.close(),
  );
  const held = opened.move();
  return {
    name: 'EventStoreDB and PostgreSQL',
    store,
    vault,
    cursors: () => cursorsIn(state),
    beginWith: (cursors) => beginWith(state, cursors),
    close: () => held.disposeAsync(),
  };
};
