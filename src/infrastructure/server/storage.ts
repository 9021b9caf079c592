import type { DatabaseSync } from 'node:sqlite';
import { mayOpen, SEALED_CATEGORIES } from '../../domain/kernel/disclosure.js';
import type { Clock } from '../../application/ports/clock.js';
import { DataDirectory } from '../data-directory.js';
import { SealedEventStore } from '../event-store/sealed/sealed-event-store.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { readOrCreateMasterKey } from '../keys/master-key-file.js';
import { SqliteKeyVault } from '../keys/sqlite/sqlite-key-vault.js';
import { SoleOwner } from '../leases/sole-owner.js';
import { openState } from '../state/sqlite/open-state.js';
import { SqliteCheckpoints } from '../state/sqlite/sqlite-checkpoints.js';
import { SqlitePluginState } from '../state/sqlite/sqlite-plugin-state.js';
import { allViews } from '../views/sqlite/all-views.js';
import { buildInWorker } from '../views/sqlite/build-in-worker.js';
import { SqliteViews } from '../views/sqlite/sqlite-views.js';

/** All that one machine stores (docs/architecture.md), opened together and closed together. */
export class Storage {
  readonly leases = new SoleOwner();
  readonly pluginState: SqlitePluginState;
  readonly checkpoints: SqliteCheckpoints;

  private constructor(
    private readonly directory: DataDirectory,
    private readonly events: SqliteEventStore,
    readonly store: SealedEventStore,
    readonly keys: SqliteKeyVault,
    private readonly state: DatabaseSync,
    readonly views: SqliteViews,
  ) {
    this.pluginState = new SqlitePluginState(state);
    this.checkpoints = new SqliteCheckpoints(state);
  }

  /** Throws when another process has the directory, or a file in it cannot be used; then nothing stays open. */
  static open(folder: string, clock: Clock, buildWorker: URL): Storage {
    const directory = DataDirectory.open(folder);
    const opened: Array<{ close(): unknown }> = [];
    const keep = <A extends { close(): unknown }>(resource: A): A => {
      opened.push(resource);
      return resource;
    };
    try {
      const keysFile = directory.file('keys.sqlite');
      const masterKey = readOrCreateMasterKey(directory.file('master.key'), keysFile);
      const keys = keep(SqliteKeyVault.open({ file: keysFile, masterKey, access: mayOpen }));
      const eventsFile = directory.file('events.sqlite');
      const events = keep(SqliteEventStore.open({ file: eventsFile, clock }));
      const store = new SealedEventStore(events, keys, SEALED_CATEGORIES);
      const state = keep(openState(directory.file('state.sqlite')));
      const build = buildInWorker(buildWorker, { sqlite: eventsFile });
      const views = new SqliteViews(directory.file('views'), store, allViews, build);
      return new Storage(directory, events, store, keys, state, views);
    } catch (error) {
      for (const resource of opened) resource.close();
      directory.release();
      throw error;
    }
  }

  /** What was appended is on disk when this resolves. */
  async close(): Promise<void> {
    await this.views.close();
    await this.events.close();
    this.state.close();
    this.keys.close();
    this.directory.release();
  }
}
