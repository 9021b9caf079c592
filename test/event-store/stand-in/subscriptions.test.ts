import { once } from 'node:events';
import { END, START } from '@eventstore/db-client';
import { describe, expect, test } from 'vitest';
import { eventually, many, noted, numbers, watch, world } from './kit.js';

const NEWER = '24.2.1';
const tooSlow = {
  type: 'timeout',
  code: 10,
  message:
    '10 ABORTED: Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
};

describe('a subscription', () => {
  test.for([1, 50, 500])('that keeps up is given batches of %i live', async (size) => {
    const { client } = await world();
    const { subscription, saw, errors } = watch(client, END);
    await once(subscription, 'caughtUp');
    for (let n = 0; n < 1000 / size; n++) await client.appendToStream('stream', many(size));
    await eventually(() => expect(saw).toHaveLength(1001));
    expect(saw).toEqual(['caught up', ...numbers(10, 1009)]);
    expect(errors).toEqual([]);
  });

  test('is ended when more than 32 live events wait for it, after those that do', async () => {
    const { client } = await world();
    const { subscription, saw, errors } = watch(client, END);
    await once(subscription, 'caughtUp');
    subscription.pause();
    for (let n = 0; n < 1000; n++) await client.appendToStream('stream', noted());
    subscription.resume();
    await eventually(() => expect(errors).toMatchObject([tooSlow]));
    expect(saw.length).toBeGreaterThan(32);
    expect(saw.length).toBeLessThan(1000);
    expect(saw).toEqual(['caught up', ...numbers(10, saw.length + 8)]);
  });

  test('falls behind and catches up at a newer server', async () => {
    const { client } = await world({ version: NEWER });
    const { subscription, saw, errors } = watch(client, END);
    await once(subscription, 'caughtUp');
    subscription.pause();
    for (let n = 0; n < 1000; n++) await client.appendToStream('stream', noted());
    subscription.resume();
    await eventually(() => expect(saw).toHaveLength(1003));
    expect(saw.filter((what) => typeof what === 'number')).toEqual(numbers(10, 1009));
    expect(saw.filter((what) => typeof what === 'string')).toEqual(['caught up', 'fell behind', 'caught up']);
    expect(saw.at(-1)).toBe('caught up');
    await client.appendToStream('stream', noted());
    await eventually(() => expect(saw.at(-1)).toBe(1010));
    expect(errors).toEqual([]);
  });

  test('can be said to be too slow', async () => {
    const { standIn, client, append } = await world();
    const { subscription, saw, errors } = watch(client, START);
    await once(subscription, 'caughtUp');
    void standIn.plan({ fault: 'slow-consumer' });
    await append();
    await eventually(() => expect(errors).toMatchObject([tooSlow]));
    expect(saw).toEqual([...numbers(0, 9), 'caught up']);
    expect(standIn.counts['slow-consumer']).toBe(1);
  });

  test('can be said to be too slow by a newer server', async () => {
    const { standIn, client, append } = await world({ version: NEWER });
    const { subscription, saw } = watch(client, START);
    await once(subscription, 'caughtUp');
    void standIn.plan({ fault: 'slow-consumer' });
    await append();
    await eventually(() => expect(saw).toHaveLength(14));
    expect(saw).toEqual([...numbers(0, 9), 'caught up', 'fell behind', 10, 'caught up']);
  });

  test('to the end of a stream that is not there has caught up at once', async () => {
    const { client } = await world();
    const subscription = client.subscribeToStream('new', { fromRevision: END });
    await once(subscription, 'caughtUp');
    const first = once(subscription, 'data');
    await client.appendToStream('new', noted());
    expect(await first).toMatchObject([{ event: { streamId: 'new', revision: 0n } }]);
    await subscription.unsubscribe();
  });

  test('is torn while it catches up: it shows at most so many events, then one error', async () => {
    const { standIn, client } = await world();
    void standIn.plan({ fault: 'dropped-during', messages: 5, call: 'subscribe' });
    const { saw, errors } = watch(client, START);
    await eventually(() => expect(errors).toMatchObject([{ type: 'unavailable', code: 14 }]));
    // The confirmation and the server's own first event are two of the five.
    expect(saw.length).toBeLessThanOrEqual(3);
    expect(saw).toEqual(numbers(0, saw.length - 1));
  });

  test('is torn while live', async () => {
    const { standIn, client } = await world();
    void standIn.plan({ fault: 'dropped-during', messages: 4, call: 'subscribe' });
    const { subscription, saw, errors } = watch(client, END);
    await once(subscription, 'caughtUp');
    await client.appendToStream('stream', many(2));
    await eventually(() => expect(errors).toMatchObject([{ type: 'unavailable', code: 14 }]));
    expect(saw).toEqual(['caught up', ...numbers(10, saw.length + 8)]);
    expect(saw.length).toBeLessThanOrEqual(3);
  });
});
