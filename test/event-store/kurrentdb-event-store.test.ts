import { afterAll, onTestFinished } from 'vitest';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { KurrentDbEventStore } from '../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { withServer } from '../support/with-server.js';
import { deletedStreamsContract } from './deleted-streams.contract.js';
import { eventStoreContract } from './event-store.contract.js';
import { StandIn } from './stand-in/stand-in.js';

const urls = new WeakMap<KurrentDbEventStore, string>();

const opened = async (url: string): Promise<KurrentDbEventStore> => {
  const store = await KurrentDbEventStore.open({ url, clock: new SystemClock() });
  onTestFinished(() => store.close());
  urls.set(store, url);
  return store;
};

// One server for all, as a real one would be: stores with events in them are the rule.
const server = StandIn.start();
afterAll(async () => (await server).stop());

// Nothing is written at the end: a process that goes away leaves what one that was killed leaves.
const crashed = async (store: KurrentDbEventStore) => {
  await store.close();
  return opened(urls.get(store)!);
};

eventStoreContract('EventStoreDB (a stand-in)', async () => opened((await server).url), crashed);

const standInUrl = async () => (await server).url;
deletedStreamsContract('EventStoreDB (a stand-in)', standInUrl, async () => opened(await standInUrl()));

withServer('EVENTSTORE_URL', 'EventStoreDB keeps to the contract of event stores', (url) => {
  eventStoreContract('EventStoreDB', () => opened(url), crashed);
  deletedStreamsContract(
    'EventStoreDB',
    async () => url,
    () => opened(url),
  );
});
