import { rmSync } from 'node:fs';
import type { Clock } from '../../application/ports/clock.js';
import { mayOpen } from '../../domain/kernel/disclosure.js';
import { DataDirectory } from '../data-directory.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import type { MasterKey } from '../keys/master-key.js';
import { SqliteKeyVault } from '../keys/sqlite/sqlite-key-vault.js';
import { beginWith, cursorsIn } from '../state/sqlite/move-state.js';
import { openState } from '../state/sqlite/open-state.js';
import type { Side } from './side.js';

/** The data directory, locked. Throws when a process works on it. */
export const openEmbeddedSide = async (folder: string, masterKey: MasterKey, clock: Clock): Promise<Side> => {
  await using opened = new AsyncDisposableStack();
  const directory = opened.adopt(DataDirectory.open(folder), (held) => held.release());
  const vault = opened.adopt(
    SqliteKeyVault.open({ file: directory.file('keys.sqlite'), masterKey, access: mayOpen }),
    (keys) => keys.close(),
  );
  const state = opened.adopt(openState(directory.file('state.sqlite')), (db) => db.close());
  const file = directory.file('events.sqlite');
  const store = opened.adopt(SqliteEventStore.open({ file, clock, evenIfMoved: true }), (events) => events.close());
  const held = opened.move();
  return {
    name: `the data directory ${folder}`,
    store,
    vault,
    cursors: async () => cursorsIn(state),
    beginWith: async (cursors) => {
      beginWith(state, cursors);
      rmSync(directory.file('views'), { recursive: true, force: true });
    },
    close: () => held.disposeAsync(),
  };
};
