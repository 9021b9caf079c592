import { once } from 'node:events';
import { connect } from 'node:net';
import { EventStoreDBClient, START } from '@eventstore/db-client';
import { describe, expect, test, vi } from 'vitest';
import type { Fault } from './faults.js';
import { eventually, many, noted, numbers, started, watch, world } from './kit.js';

// What a client saw of a real server, wherever that is known; the rest is what its sources say.
const torn = { type: 'unavailable', code: 14, message: '14 UNAVAILABLE: read ECONNRESET' };
const refused = { code: 14, message: expect.stringContaining('ECONNREFUSED') as string };
const withoutStatus = {
  type: 'unknown',
  code: 13,
  message: expect.stringContaining('13 INTERNAL: Received RST_STREAM with code 0') as string,
};

describe('an append', () => {
  const failures: ReadonlyArray<{ readonly fault: Fault; readonly error: object; readonly stored: boolean }> = [
    { fault: { fault: 'dropped-before' }, error: torn, stored: false },
    { fault: { fault: 'dropped-after-commit' }, error: torn, stored: true },
    { fault: { fault: 'reset' }, error: withoutStatus, stored: false },
    {
      fault: { fault: 'not-ready' },
      error: { type: 'unknown', code: undefined, message: 'Could not recognize Server Is Not Ready' },
      stored: false,
    },
    { fault: { fault: 'unauthenticated' }, error: { type: 'access-denied', code: 16 }, stored: false },
    { fault: { fault: 'access-denied' }, error: { type: 'access-denied', code: undefined }, stored: false },
  ];

  test.for(failures)('fails by $fault.fault, and its repeat succeeds', async ({ fault, error, stored }) => {
    const { standIn, append, ...of } = await world();
    const event = noted();
    const struck = standIn.plan(fault);
    await expect(append(event)).rejects.toMatchObject(error);
    await struck;
    expect(of.stored()).toBe(stored ? 11 : 10);
    expect(standIn.counts[fault.fault]).toBe(1);
    await expect(append(event)).resolves.toMatchObject({ nextExpectedRevision: 10n });
    expect(of.stored()).toBe(11);
  });

  test('stays refused for as long as the server is down, and is answered by the same client afterwards', async () => {
    const { standIn, append, stored } = await world();
    const event = noted();
    const struck = standIn.plan({ fault: 'killed-after-commit' });
    await expect(append(event)).rejects.toMatchObject(torn);
    await struck;
    await expect(append(event)).rejects.toMatchObject(refused);
    await standIn.restart();
    await expect(append(event)).resolves.toMatchObject({ nextExpectedRevision: 10n });
    expect(stored()).toBe(11);
  });

  test('is not stored by a server that is killed before it takes it', async () => {
    const { standIn, append, stored } = await world();
    void standIn.plan({ fault: 'killed-before' });
    await expect(append()).rejects.toMatchObject(torn);
    expect(stored()).toBe(10);
    await standIn.restart();
  });

  test('in flight: its repeat has no answer for a time, then the deadline error; the next succeeds', async () => {
    const { standIn, append, stored } = await world();
    const event = noted();
    void standIn.plan({ fault: 'repeat-in-flight', delayMs: 200 });
    await expect(append(event)).rejects.toMatchObject(torn);
    expect(stored()).toBe(10);
    const before = performance.now();
    await expect(append(event)).rejects.toMatchObject({ type: 'deadline-exceeded', code: undefined });
    expect(performance.now() - before).toBeGreaterThan(190);
    await expect(append(event)).resolves.toMatchObject({ nextExpectedRevision: 10n });
    expect(stored()).toBe(11);
  });

  test('in flight is stored although nobody repeats it', async () => {
    const { standIn, append, stored } = await world();
    void standIn.plan({ fault: 'repeat-in-flight', delayMs: 20 });
    await expect(append()).rejects.toMatchObject(torn);
    await eventually(() => expect(stored()).toBe(11));
  });

  test('in flight is lost when the server is killed', async () => {
    const { standIn, append, stored } = await world();
    const event = noted();
    void standIn.plan({ fault: 'repeat-in-flight', delayMs: 20 });
    await expect(append(event)).rejects.toMatchObject(torn);
    await standIn.kill();
    await standIn.restart();
    expect(stored()).toBe(10);
    await expect(append(event)).resolves.toMatchObject({ nextExpectedRevision: 10n });
    expect(stored()).toBe(11);
  });

  test('at a node that does not lead takes all that are pending along, and the client goes to the leader', async () => {
    const leader = await started();
    const { standIn, client, append, stored } = await world();
    void standIn.plan({ fault: 'not-leader', leader: { host: '127.0.0.1', port: Number(new URL(leader.url).port) } });
    const other = client.appendToStream('other', many(1));
    const both = await Promise.allSettled([append(), other]);
    const error = { type: 'not-leader', code: 5, leader: { address: '127.0.0.1' } };
    expect(both).toMatchObject([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    expect(stored()).toBe(10);
    await client.appendToStream('elsewhere', many(1));
    expect(leader.log.stream('elsewhere')?.events).toHaveLength(1);
  });

  test('that was refused for want of rights leaves the call of the others open', async () => {
    const { standIn, client, append } = await world();
    const open = standIn.openCalls;
    void standIn.plan({ fault: 'access-denied' });
    const both = await Promise.allSettled([append(), client.appendToStream('other', many(1))]);
    expect(both).toMatchObject([
      { status: 'rejected', reason: { type: 'access-denied' } },
      { status: 'fulfilled', value: { success: true } },
    ]);
    expect(standIn.openCalls).toBe(open);
  });
});

describe('a read', () => {
  const failures: ReadonlyArray<{ readonly fault: Fault; readonly error: object; readonly atMost: number }> = [
    { fault: { fault: 'dropped-before' }, error: torn, atMost: 0 },
    { fault: { fault: 'dropped-during', messages: 3 }, error: torn, atMost: 3 },
    { fault: { fault: 'reset' }, error: withoutStatus, atMost: 0 },
    { fault: { fault: 'reset', messages: 3 }, error: withoutStatus, atMost: 3 },
    {
      fault: { fault: 'not-ready' },
      error: { type: 'unavailable', code: 14, message: '14 UNAVAILABLE: Server Is Not Ready' },
      atMost: 0,
    },
    { fault: { fault: 'unauthenticated' }, error: { type: 'access-denied', code: 16 }, atMost: 0 },
    { fault: { fault: 'access-denied' }, error: { type: 'access-denied', code: 7 }, atMost: 0 },
  ];

  test.for(failures)('fails by $fault.fault after at most $atMost events', async ({ fault, error, atMost }) => {
    const { standIn, read } = await world();
    const got: number[] = [];
    void standIn.plan(fault);
    await expect(read(got)).rejects.toMatchObject(error);
    expect(got.length).toBeLessThanOrEqual(atMost);
    expect(got).toEqual(numbers(0, got.length - 1));
    expect(await read()).toEqual(numbers(0, 9));
  });

  test('that requires the leader learns who leads; another is answered', async () => {
    const { standIn, read } = await world();
    const struck = vi.fn<() => void>();
    void standIn.plan({ fault: 'not-leader', leader: { host: 'leader.example', port: 2113 } }).then(struck);
    expect(await read()).toHaveLength(10);
    expect(struck).not.toHaveBeenCalled();
    await expect(read([], { requiresLeader: true })).rejects.toMatchObject({
      type: 'not-leader',
      code: 5,
      leader: { address: 'leader.example', port: 2113 },
    });
    expect(struck).toHaveBeenCalledOnce();
  });
});

describe('a server', () => {
  test('that is killed tears all calls, and keeps what it stored', async () => {
    const { standIn, client, append, stored } = await world();
    const { subscription, errors } = watch(client, START);
    await once(subscription, 'caughtUp');
    await standIn.kill();
    await eventually(() => expect(errors).toMatchObject([torn]));
    await expect(append()).rejects.toMatchObject(refused);
    await standIn.restart();
    await expect(append()).resolves.toMatchObject({ nextExpectedRevision: 10n });
    expect(stored()).toBe(11);
    // The client does not subscribe again by itself.
    expect(errors).toHaveLength(1);
  });

  test('that stops in order ends open calls without a status', async () => {
    const { standIn, client } = await world();
    const { subscription, errors } = watch(client, START);
    await once(subscription, 'caughtUp');
    await standIn.stop();
    await eventually(() => expect(errors).toMatchObject([withoutStatus]));
    expect(standIn.openCalls).toBe(0);
  });

  test('that is frozen takes nothing and answers nothing, and goes on where it was when it is woken', async () => {
    const { standIn, append, read, stored } = await world();
    const answered = vi.fn<() => void>();
    const frozen = standIn.plan({ fault: 'frozen' });
    const appended = append();
    await frozen;
    const after = read().finally(answered);
    // Connections are still taken: the kernel does that.
    const socket = connect(Number(new URL(standIn.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    expect(stored()).toBe(10);
    expect(answered).not.toHaveBeenCalled();
    standIn.thaw();
    await expect(appended).resolves.toMatchObject({ nextExpectedRevision: 10n });
    expect(await after).toContain(9);
    expect(stored()).toBe(11);
  });

  test('that is frozen does not take what is sent to it', async () => {
    const { standIn, append, stored } = await world();
    const elsewhere = await world();
    standIn.freeze();
    const appended = append();
    // Time enough: another server in this process takes one append after the other meanwhile.
    for (let n = 0; n < 20; n++) await elsewhere.client.appendToStream('stream', noted());
    expect(stored()).toBe(10);
    standIn.thaw();
    await expect(appended).resolves.toMatchObject({ nextExpectedRevision: 10n });
  });

  test('that is frozen does not even answer pings', async () => {
    const { standIn } = await world();
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const client = EventStoreDBClient.connectionString(`${standIn.url}&keepAliveInterval=50&keepAliveTimeout=50`);
    warned.mockRestore();
    await client.appendToStream('other', many(1));
    standIn.freeze();
    await expect(client.appendToStream('other', many(1))).rejects.toMatchObject({
      type: 'unavailable',
      code: 14,
      message: expect.stringContaining('Connection dropped') as string,
    });
  });

  test('that fails to say what it supports spoils the client for good', async () => {
    const standIn = await started();
    const client = EventStoreDBClient.connectionString(standIn.url);
    void standIn.plan({ fault: 'stale-features', how: 'internal' });
    await expect(client.appendToStream('stream', many(1))).rejects.toMatchObject({ code: 13 });
    await expect(client.appendToStream('stream', many(1))).rejects.toMatchObject({ code: 13 });
    await EventStoreDBClient.connectionString(standIn.url).appendToStream('stream', many(1));
  });

  test.for(['unimplemented', 'too-few'] as const)('that says %s of BatchAppend is served by Append', async (how) => {
    const standIn = await started();
    const client = EventStoreDBClient.connectionString(standIn.url);
    void standIn.plan({ fault: 'stale-features', how });
    const event = noted();
    const appended = await client.appendToStream('stream', event, { expectedRevision: 'no_stream' });
    expect(appended).toMatchObject({ nextExpectedRevision: 0n, position: { commit: BigInt(standIn.log.head) } });
    await expect(client.appendToStream('stream', event, { expectedRevision: 'no_stream' })).resolves.toMatchObject({
      nextExpectedRevision: 0n,
    });
    await expect(client.appendToStream('stream', noted(), { expectedRevision: 4n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 4n,
      actualVersion: 0n,
    });
    // Only the older call has a status of its own for that.
    void standIn.plan({ fault: 'not-ready' });
    await expect(client.appendToStream('stream', noted())).rejects.toMatchObject({ type: 'unavailable', code: 14 });
  });

  test('is found as the leader by a client that looks for it', async () => {
    const { standIn, stored } = await world();
    const client = EventStoreDBClient.connectionString(standIn.url.replace('esdb:', 'esdb+discover:'));
    await client.appendToStream('stream', noted(), { expectedRevision: 9n });
    expect(stored()).toBe(11);
  });

  test('takes a hundred calls of a connection; the next waits without a word', async () => {
    const { standIn, client } = await world();
    const subscriptions = Array.from({ length: 130 }, () => client.subscribeToAll());
    const confirmed = new Set<(typeof subscriptions)[number]>();
    for (const subscription of subscriptions)
      subscription.on('confirmation', () => confirmed.add(subscription)).on('error', () => undefined);
    // The call for appends is one of the hundred.
    await eventually(() => expect(confirmed.size).toBe(99));
    expect(standIn.openCalls).toBe(100);
    await [...confirmed][0]!.unsubscribe();
    await eventually(() => expect(confirmed.size).toBe(100));
    expect(standIn.openCalls).toBe(100);
  });

  test('lets go of calls that clients break off', async () => {
    const { standIn, client } = await world();
    for (let n = 0; n < 300; n++) {
      const all = client.readAll();
      await once(all, 'data');
      await all.cancel();
    }
    await eventually(() => expect(standIn.openCalls).toBe(1));
  });

  test('is struck by faults in the order in which they were planned, each once, and by none that was forgotten', async () => {
    const { standIn, append, read } = await world();
    void standIn.plan({ fault: 'not-ready', call: 'read' });
    void standIn.plan({ fault: 'access-denied' });
    void standIn.plan({ fault: 'not-ready' });
    await expect(append()).rejects.toMatchObject({ type: 'access-denied' });
    await expect(append()).rejects.toMatchObject({ type: 'unknown' });
    await expect(read()).rejects.toMatchObject({ type: 'unavailable' });
    expect(standIn.counts).toMatchObject({ 'not-ready': 2, 'access-denied': 1, reset: 0 });
    void standIn.plan({ fault: 'not-ready' });
    standIn.forget();
    expect(await read()).toHaveLength(10);
  });
});
