import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { KurrentDbEventStore } from '../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import type { TransferableStore } from '../../src/infrastructure/event-store/store-transfer.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { tempDir } from '../support/temp-dir.js';
import { StandIn } from './stand-in/stand-in.js';
import { transferableStoreContract, type PlaceOfStore } from './transferable-store.contract.js';

const clock = new SystemClock();

const closedAtTheEnd = <S extends TransferableStore>(store: S): S => {
  onTestFinished(() => store.close());
  return store;
};

const inAFile = async (): Promise<PlaceOfStore> => {
  const file = join(tempDir(), 'events.sqlite');
  return {
    open: async (evenIfMoved = false) => closedAtTheEnd(SqliteEventStore.open({ file, clock, evenIfMoved })),
  };
};

const onAStandIn = async (): Promise<PlaceOfStore> => {
  const { url, stop } = await startedStandIn();
  onTestFinished(stop);
  return {
    open: async (evenIfMoved = false) => closedAtTheEnd(await KurrentDbEventStore.open({ url, clock, evenIfMoved })),
  };
};

const startedStandIn = async () => {
  const standIn = await StandIn.start();
  return { url: standIn.url, stop: () => standIn.stop() };
};

transferableStoreContract('SqliteEventStore', inAFile, onAStandIn);
transferableStoreContract('EventStoreDB (a stand-in)', onAStandIn, inAFile);
