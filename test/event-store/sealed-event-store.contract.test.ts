import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { mayOpen, SEALED_CATEGORIES } from '../../src/domain/kernel/disclosure.js';
import { SealedEventStore } from '../../src/infrastructure/event-store/sealed/sealed-event-store.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { tempDir } from '../support/temp-dir.js';
import { eventStoreContract } from './event-store.contract.js';

eventStoreContract('SealedEventStore, of what is not personal,', async () => {
  const dir = tempDir();
  const inner = SqliteEventStore.open({ file: join(dir, 'events.sqlite'), clock: new SystemClock() });
  const masterKey = new MasterKey(randomBytes(32));
  const keys = SqliteKeyVault.open({ file: join(dir, 'keys.sqlite'), masterKey, access: mayOpen });
  onTestFinished(async () => {
    await inner.close();
    keys.close();
  });
  return new SealedEventStore(inner, keys, SEALED_CATEGORIES);
});
