import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CheckpointLost, type Checkpoints } from '../../src/application/ports/checkpoints.js';
import type {
  EventId,
  NewEvent,
  Position,
  RecordedEvent,
  StreamName,
} from '../../src/application/ports/event-store.js';
import { LeaseLost } from '../../src/application/ports/leases.js';
import { Reaction } from '../../src/application/reactions/reaction.js';
import { systemActor } from '../../src/application/aggregates/request.js';
import { epochMs, instant, type Instant } from '../../src/domain/kernel/time.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { ReactionRunner } from '../../src/infrastructure/reactions/reaction-runner.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { openState } from '../../src/infrastructure/state/sqlite/open-state.js';
import { SqliteCheckpoints } from '../../src/infrastructure/state/sqlite/sqlite-checkpoints.js';
import { Holder } from '../leases/holder.js';
import { LosableLeases } from '../leases/losable-leases.js';
import { tempDir } from '../support/temp-dir.js';

beforeAll(() => Logger.overrideLogger(false));

const START = '2026-04-01T00:00:00.000Z' as Instant;

/** Notes what it is shown; fails on streams that a test names, and waits before others until that is opened. */
class Noting extends Reaction {
  readonly name = 'noting';
  readonly handles = ['Happened'];
  readonly seen: string[] = [];
  readonly failing = new Set<string>();
  readonly gates = new Map<string, PromiseWithResolvers<void>>();

  constructor(readonly delayMs = 0) {
    super();
  }

  async react({ stream }: RecordedEvent) {
    if (this.failing.has(stream)) throw new Error('not yet');
    this.seen.push(stream);
    await this.gates.get(stream)?.promise;
  }
}

const setUp = () => {
  const dir = tempDir();
  const clock = new SystemClock();
  clock.hold(START);
  const store = SqliteEventStore.open({ file: join(dir, 'events.sqlite'), clock });
  const state = openState(join(dir, 'state.sqlite'));
  const checkpoints: Checkpoints = new SqliteCheckpoints(state);
  const leases = new LosableLeases();
  onTestFinished(async () => {
    await store.close();
    state.close();
  });
  const append = async (stream: string, type = 'Happened'): Promise<Position> => {
    const metadata = {
      actor: systemActor,
      commandId: randomUUID(),
      commandDigest: '',
      causation: '',
      correlation: '',
      occurredAt: clock.now(),
      schemaVersion: 1,
    };
    const event: NewEvent = { id: randomUUID() as EventId, type, content: { _tag: 'plain', data: {} }, metadata };
    const appended = await store.append(stream as StreamName, 'none', [event])();
    if (appended._tag === 'Left') throw new Error(appended.left._tag);
    return appended.right.position;
  };
  const run = (reaction: Reaction) => {
    const options = { retryMs: [1, 4] as const, clockPollMs: 2, maxPending: 4 };
    const runner = new ReactionRunner(reaction, store, checkpoints, leases, clock, options);
    runner.start();
    onTestFinished(() => runner.stop());
    return runner;
  };
  return { clock, checkpoints, leases, append, run };
};

describe('a reaction', () => {
  test('is shown what was and what comes, of its types only, in order', async () => {
    const { append, run } = setUp();
    await append('a-1');
    await append('b-1', 'SomethingElse');
    const noting = new Noting();
    run(noting);
    await append('a-2');
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-2']);
  });

  test('goes on from its checkpoint, and does not see settled events again', async () => {
    const { append, run, checkpoints } = setUp();
    const position = await append('a-1');
    const first = new Noting();
    const runner = run(first);
    await expect.poll(() => checkpoints.get('noting')).toBe(position);
    await runner.stop();
    await append('a-2');
    const second = new Noting();
    run(second);
    await expect.poll(() => second.seen).toEqual(['a-2']);
  });

  test('that fails on one event goes on with those behind it, tries again, and keeps its checkpoint before it', async () => {
    const { append, run, checkpoints } = setUp();
    const noting = new Noting();
    noting.failing.add('a-2');
    const first = await append('a-1');
    await append('a-2');
    const third = await append('a-3');
    const runner = run(noting);
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-3']);
    await expect.poll(() => runner.status()).toMatchObject({ pending: 2, failing: 1 });
    expect(await checkpoints.get('noting')).toBe(first);
    noting.failing.clear();
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-3', 'a-2']);
    await expect.poll(() => checkpoints.get('noting')).toBe(third);
    expect(runner.status()).toMatchObject({ pending: 0, failing: 0 });
  });

  test('that was stopped while it failed is shown the event again', async () => {
    const { append, run } = setUp();
    const noting = new Noting();
    noting.failing.add('a-1');
    await append('a-1');
    await append('a-2');
    const runner = run(noting);
    await expect.poll(() => noting.seen).toEqual(['a-2']);
    await runner.stop();
    const next = new Noting();
    run(next);
    await expect.poll(() => next.seen.toSorted()).toEqual(['a-1', 'a-2']);
  });

  test('with more failing events than it may hold waits, and stops at once when told', async () => {
    const { append, run } = setUp();
    const noting = new Noting();
    for (let i = 0; i < 8; i++) {
      noting.failing.add(`a-${i}`);
      await append(`a-${i}`);
    }
    const runner = run(noting);
    await expect.poll(() => runner.status().pending).toBe(4);
    await runner.stop();
    expect(noting.seen).toEqual([]);
  });

  test('with a delay acts when the clock says so, also when the clock jumps', async () => {
    const { clock, append, run } = setUp();
    const noting = new Noting(60_000);
    await append('a-1');
    run(noting);
    clock.hold(instant(epochMs(START) + 59_999));
    await append('a-2');
    expect(noting.seen).toEqual([]);
    clock.hold(instant(epochMs(START) + 60_000));
    await expect.poll(() => noting.seen).toEqual(['a-1']);
    clock.hold(instant(epochMs(START) + 3_600_000));
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-2']);
  });
});

describe('a reaction under its lease', () => {
  test('is run by one process, and by the next from where that one came', async () => {
    const { append, run, checkpoints } = setUp();
    const [first, second] = [new Noting(), new Noting()];
    const runner = run(first);
    run(second);
    const position = await append('a-1');
    await expect.poll(() => checkpoints.get('noting')).toBe(position);
    await runner.stop();
    await append('a-2');
    await expect.poll(() => second.seen).toEqual(['a-2']);
    expect(first.seen).toEqual(['a-1']);
  });

  test('begins nothing more once the lease is lost, and goes on when it has it again', async () => {
    const { append, run, leases } = setUp();
    const noting = new Noting();
    noting.gates.set('a-1', Promise.withResolvers());
    noting.failing.add('a-2');
    await append('a-1');
    await append('a-2');
    const runner = run(noting);
    await expect.poll(() => runner.status().failing).toBe(1);
    const next = new Holder(leases, 'reaction:noting');
    leases.lose();
    noting.failing.clear();
    await append('a-3');
    noting.gates.get('a-1')!.resolve();
    await next.owns();
    expect(noting.seen).toEqual(['a-1']);
    expect(runner.status()).toMatchObject({ pending: 0, failing: 0 });
    await next.leave();
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-2', 'a-3']);
  });

  test('takes a refused checkpoint for the loss of its lease', async () => {
    const { append, run, leases, checkpoints } = setUp();
    const noting = new Noting();
    const set = vi.spyOn(checkpoints, 'set').mockImplementationOnce(async (_, __, lease) => {
      throw new LeaseLost(lease);
    });
    noting.failing.add('a-2');
    await append('a-1');
    await append('a-2');
    run(noting);
    const other = new Holder(leases, 'reaction:noting');
    await other.owns();
    expect(noting.seen).toEqual(['a-1']);
    expect(set).toHaveBeenCalledOnce();
    noting.failing.clear();
    await other.leave();
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-1', 'a-2']);
  });

  test('tries again to write its checkpoint, and does not react again', async () => {
    const { append, run, checkpoints } = setUp();
    vi.spyOn(checkpoints, 'set')
      .mockRejectedValueOnce(new Error('the database is away'))
      .mockRejectedValueOnce(new Error('the database is away'));
    const noting = new Noting();
    run(noting);
    await append('a-1');
    const position = await append('a-2');
    await expect.poll(() => checkpoints.get('noting')).toBe(position);
    expect(noting.seen).toEqual(['a-1', 'a-2']);
  });

  test('writes one checkpoint at a time, and the last of those that came meanwhile', async () => {
    const { append, run, checkpoints } = setUp();
    const written = Promise.withResolvers<void>();
    const set = vi.spyOn(checkpoints, 'set').mockImplementationOnce(() => written.promise);
    const noting = new Noting();
    run(noting);
    const first = await append('a-1');
    await expect.poll(() => set.mock.calls.length).toBe(1);
    await append('a-2');
    const last = await append('a-3');
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-2', 'a-3']);
    written.resolve();
    await expect.poll(() => checkpoints.get('noting')).toBe(last);
    expect(set.mock.calls.map(([, position]) => position)).toEqual([first, last]);
  });

  test('whose checkpoint is of another store starts from the beginning', async () => {
    const { append, run, leases, checkpoints } = setUp();
    const elsewhere = await setUp().append('b-1');
    const holder = new Holder(leases, 'reaction:noting');
    await checkpoints.set('noting', elsewhere, await holder.owns());
    await holder.leave();
    await append('a-1');
    const noting = new Noting();
    run(noting);
    const position = await append('a-2');
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-2']);
    await expect.poll(() => checkpoints.get('noting')).toBe(position);
  });

  test('that learns that its checkpoint is lost starts from the beginning', async () => {
    const { append, run, checkpoints } = setUp();
    const first = await append('a-1');
    const noting = new Noting();
    run(noting);
    await expect.poll(() => checkpoints.get('noting')).toBe(first);
    vi.spyOn(checkpoints, 'set').mockRejectedValueOnce(new CheckpointLost('noting'));
    const second = await append('a-2');
    await expect.poll(() => noting.seen).toEqual(['a-1', 'a-2', 'a-1', 'a-2']);
    await expect.poll(() => checkpoints.get('noting')).toBe(second);
  });
});
