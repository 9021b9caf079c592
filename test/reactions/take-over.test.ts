import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { consequentId } from '../../src/application/aggregates/ids.js';
import { systemActor } from '../../src/application/aggregates/request.js';
import type {
  EventId,
  EventStore,
  NewEvent,
  RecordedEvent,
  StreamName,
} from '../../src/application/ports/event-store.js';
import { LeaseLost } from '../../src/application/ports/leases.js';
import { Reaction } from '../../src/application/reactions/reaction.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { ReactionRunner } from '../../src/infrastructure/reactions/reaction-runner.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { processAt, quick, type Process } from '../leases/processes.js';
import { freshDatabase } from '../postgres/database.js';
import { tempDir } from '../support/temp-dir.js';
import { withServer } from '../support/with-server.js';

beforeAll(() => Logger.overrideLogger(false));

const eventOf = (type: string, id: string): NewEvent => ({
  id: id as EventId,
  type,
  content: { _tag: 'plain', data: {} },
  metadata: {
    actor: systemActor,
    commandId: id,
    commandDigest: '',
    causation: '',
    correlation: '',
    occurredAt: '2026-04-01T00:00:00.000Z' as Instant,
    schemaVersion: 1,
  },
});

const append = async (store: EventStore, stream: string, event: NewEvent): Promise<void> => {
  const appended = await store.append(stream as StreamName, 'none', [event])();
  if (appended._tag === 'Left') throw new Error(appended.left._tag);
};

/** Stores a copy of each event, under an id derived from it; while the gate is closed it waits before it does. */
class Copying extends Reaction {
  readonly name = 'copying';
  readonly handles = ['Happened'];
  readonly delayMs = 0;
  readonly begun: string[] = [];
  gate: Promise<void> = Promise.resolve();

  constructor(private readonly store: EventStore) {
    super();
  }

  async react({ id, stream }: RecordedEvent): Promise<void> {
    this.begun.push(stream);
    await this.gate;
    await append(this.store, `copy-${stream}`, eventOf('Copied', consequentId('copied', id)));
  }
}

withServer('DATABASE_URL', 'reactions in several processes', () => {
  test('an owner who stood still while another took over writes no checkpoint and doubles nothing', async () => {
    const address = await freshDatabase('DATABASE_URL');
    const clock = new SystemClock();
    const store = SqliteEventStore.open({ file: join(tempDir(), 'events.sqlite'), clock });
    onTestFinished(() => store.close());
    let told = 0;
    const happen = async (times: number) => {
      for (let i = 0; i < times; i++) await append(store, `a-${told++}`, eventOf('Happened', randomUUID()));
    };
    const run = (reaction: Reaction, { leases, checkpoints }: Process) => {
      const runner = new ReactionRunner(reaction, store, checkpoints, leases, clock, { retryMs: [1, 10] });
      runner.start();
      onTestFinished(() => runner.stop());
    };
    const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `a-${from + i}`);
    const positionOf = async (stream: string) =>
      (await Array.fromAsync(store.readStream(stream as StreamName)))[0]!.position;

    const [old, next] = [await processAt(address), await processAt(address, { ...quick, ttlMs: 20_000 })];
    const [stale, fresh] = [new Copying(store), new Copying(store)];
    run(stale, old);
    await happen(5);
    await expect.poll(() => old.checkpoints.get('copying'), { timeout: 10_000 }).toBe(await positionOf('a-4'));
    run(fresh, next);

    const gate = Promise.withResolvers<void>();
    stale.gate = gate.promise;
    old.freeze();
    await happen(10);
    await expect.poll(() => fresh.begun, { timeout: 10_000 }).toEqual(names(5, 15));
    await expect.poll(() => next.checkpoints.get('copying'), { timeout: 10_000 }).toBe(await positionOf('a-14'));
    // It was shown them too, and stood still before it sent anything.
    expect(stale.begun).toEqual(names(0, 15));
    expect(old.leases.status()).toMatchObject([{ state: 'owned' }]);

    const set = vi.spyOn(old.checkpoints, 'set');
    gate.resolve();
    old.wake();
    await expect.poll(() => old.leases.status(), { timeout: 10_000 }).toMatchObject([{ state: 'waiting' }]);
    await happen(5);
    await expect.poll(() => next.checkpoints.get('copying'), { timeout: 10_000 }).toBe(await positionOf('a-19'));
    expect(fresh.begun).toEqual(names(5, 20));
    expect(stale.begun).toEqual(names(0, 15));
    expect(set).toHaveBeenCalled();
    for (const { value } of set.mock.settledResults) expect(value).toBeInstanceOf(LeaseLost);
    const copies = await Array.fromAsync(store.readAll({ filter: { types: ['Copied'] } }));
    expect(copies.map(({ stream }) => stream)).toEqual(names(0, 20).map((name) => `copy-${name}`));
  });
});
