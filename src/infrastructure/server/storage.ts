import { mayOpen, SEALED_CATEGORIES } from '../../domain/kernel/disclosure.js';
import type { Clock } from '../../application/ports/clock.js';
import { DataDirectory } from '../data-directory.js';
import { SealedEventStore } from '../event-store/sealed/sealed-event-store.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { readOrCreateMasterKey } from '../keys/master-key-file.js';
import { SqliteKeyVault } from '../keys/sqlite/sqlite-key-vault.js';
import { SqlitePluginState } from '../plugins/sqlite-plugin-state.js';
import { StoredCheckpoints } from '../reactions/stored-checkpoints.js';
import { allViews } from '../views/sqlite/all-views.js';
import { buildInWorker } from '../views/sqlite/build-in-worker.js';
import { SqliteViews } from '../views/sqlite/sqlite-views.js';

/** All that one machine stores (docs/architecture.md), opened together and closed together. */
export class Storage {
  private constructor(
    private readonly directory: DataDirectory,
    private readonly events: SqliteEventStore,
    readonly store: SealedEventStore,
    readonly keys: SqliteKeyVault,
    readonly pluginState: SqlitePluginState,
    readonly checkpoints: StoredCheckpoints,
    readonly views: SqliteViews,
  ) {}

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
      const pluginState = keep(SqlitePluginState.open(directory.file('state.sqlite')));
      const checkpoints = new StoredCheckpoints(pluginState);
      const build = buildInWorker(buildWorker, { sqlite: eventsFile });
      const views = new SqliteViews(directory.file('views'), store, allViews, build);
      return new Storage(directory, events, store, keys, pluginState, checkpoints, views);
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
    this.pluginState.close();
    this.keys.close();
    this.directory.release();
  }
}
