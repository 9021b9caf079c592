import { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TruncatedStream, type EventStore, type StreamName } from '../../src/application/ports/event-store.js';
import { append, newEvents, newStream } from './synthetic-events.js';

const list = <A>(items: AsyncIterable<A>) => Array.fromAsync(items);

/** What an administrator's hand can do to streams of a server, and what readers and writers are then told. */
export const deletedStreamsContract = (name: string, url: () => Promise<string>, open: () => Promise<EventStore>) => {
  const prepared = async () => {
    const client = EventStoreDBClient.connectionString(await url());
    onTestFinished(() => client.dispose());
    const store = await open();
    const stream = newStream();
    const from = await store.head();
    await append(store, stream, 'none', newEvents(3));
    return { client, store, stream, from };
  };
  const refused = async (store: EventStore, stream: StreamName) => {
    await expect(list(store.readStream(stream))).rejects.toThrow(TruncatedStream);
    await expect(list(store.readStream(stream, { direction: 'backwards' }))).rejects.toThrow(TruncatedStream);
  };

  describe(`${name}, when streams are deleted behind its back`, () => {
    test('does not take what follows a deleted stream for its beginning', async () => {
      const { client, store, stream, from } = await prepared();
      await client.deleteStream(stream);
      expect(await list(store.readStream(stream))).toEqual([]);
      await expect(store.append(stream, 'none', newEvents(1))()).rejects.toThrow(TruncatedStream);
      await refused(store, stream);
      // What happened stays in the order of all events.
      expect(await list(store.readAll({ from }))).toHaveLength(4);
    });

    test('says of a tombstoned stream that it is no stream any more', async () => {
      const { client, store, stream, from } = await prepared();
      await client.tombstoneStream(stream);
      await refused(store, stream);
      await expect(store.append(stream, 2, newEvents(1))()).rejects.toThrow(TruncatedStream);
      expect(await list(store.readAll({ from }))).toHaveLength(3);
    });

    test.each([
      ['a maximal count', { maxCount: 2 }],
      ['a cut', { truncateBefore: 1 }],
    ])('shows no part of a stream as the whole: %s', async (_, metadata) => {
      const { client, store, stream, from } = await prepared();
      await client.setStreamMetadata(stream, metadata);
      await refused(store, stream);
      // What is asked for from a revision on, and is there, is answered.
      expect(await list(store.readStream(stream, { from: 1 }))).toHaveLength(1);
      expect(await list(store.readAll({ from }))).toHaveLength(3);
    });

    test('goes on giving all others to subscribers', async () => {
      const { client, store, stream, from } = await prepared();
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const { events, live } of store.subscribe({ from, signal: stop.signal })) {
        seen.push(...events.map((event) => event.stream));
        if (live && seen.length === 3) {
          await client.tombstoneStream(stream);
          await append(store, newStream(), 'none', newEvents(2));
        }
        if (seen.length === 5) break;
      }
      expect(seen.slice(0, 3)).toEqual([stream, stream, stream]);
    });
  });
};
