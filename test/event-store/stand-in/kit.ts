import { randomUUID } from 'node:crypto';
import { END, EventStoreDBClient, jsonEvent, NO_STREAM, START, type JSONEventType } from '@eventstore/db-client';
import { onTestFinished, vi } from 'vitest';
import { StandIn, type StandInOptions } from './stand-in.js';

/** About 0.4 kB as stored. */
export const noted = () =>
  jsonEvent<JSONEventType>({ id: randomUUID(), type: 'Noted', data: { text: 'x'.repeat(300) } });

export const many = (count: number) => Array.from({ length: count }, noted);

export const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** Waits until something holds, on a busy machine too. */
export const eventually = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 10 });

export const started = async (options?: StandInOptions): Promise<StandIn> => {
  const standIn = await StandIn.start(options);
  onTestFinished(() => standIn.stop());
  return standIn;
};

/** A stand-in that holds ten events in `stream`, and a client whose call for appends is open. */
export const world = async (options?: StandInOptions) => {
  const standIn = await started(options);
  const client = EventStoreDBClient.connectionString(standIn.url);
  await client.appendToStream('stream', many(10), { expectedRevision: NO_STREAM });
  return {
    standIn,
    client,
    append: (event = noted()) => client.appendToStream('stream', event, { expectedRevision: 9n }),
    /** The revisions that a read gives; `read` also keeps them when it fails. */
    read: async (read: number[] = [], options: { readonly requiresLeader?: boolean } = {}) => {
      for await (const { event } of client.readStream('stream', options)) read.push(Number(event!.revision));
      return read;
    },
    stored: () => standIn.log.stream('stream')!.events.length,
  };
};

/** What a subscription to all shows of `stream`, with what it is told, in order; and its errors. */
export const watch = (client: EventStoreDBClient, fromPosition: typeof START | typeof END) => {
  const saw: Array<number | 'caught up' | 'fell behind'> = [];
  const errors: Error[] = [];
  const subscription = client.subscribeToAll({ fromPosition });
  subscription
    .on('caughtUp', () => saw.push('caught up'))
    .on('fellBehind', () => saw.push('fell behind'))
    .on('error', (error) => errors.push(error))
    .on('data', ({ event }) => {
      if (event?.streamId === 'stream') saw.push(Number(event.revision));
    });
  return { subscription, saw, errors };
};
