import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type {
  EventId,
  NewEvent,
  Position,
  RecordedEvent,
  StreamName,
} from '../../src/application/ports/event-store.js';
import { Reaction } from '../../src/application/reactions/reaction.js';
import { systemActor } from '../../src/application/aggregates/request.js';
import { epochMs, instant, type Instant } from '../../src/domain/kernel/time.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { ReactionRunner } from '../../src/infrastructure/reactions/reaction-runner.js';
import { SoleOwner } from '../../src/infrastructure/leases/sole-owner.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { openState } from '../../src/infrastructure/state/sqlite/open-state.js';
import { SqliteCheckpoints } from '../../src/infrastructure/state/sqlite/sqlite-checkpoints.js';
import { tempDir } from '../support/temp-dir.js';

beforeAll(() => Logger.overrideLogger(false));

const START = '2026-04-01T00:00:00.000Z' as Instant;

/** Notes what it is shown; fails on streams that a test names. */
class Noting extends Reaction {
  readonly name = 'noting';
  readonly handles = ['Happened'];
  readonly seen: string[] = [];
  readonly failing = new Set<string>();

  constructor(readonly delayMs = 0) {
    super();
  }

  async react({ stream }: RecordedEvent) {
    if (this.failing.has(stream)) throw new Error('not yet');
    this.seen.push(stream);
  }
}

const setUp = () => {
  const dir = tempDir();
  const clock = new SystemClock();
  clock.hold(START);
  const store = SqliteEventStore.open({ file: join(dir, 'events.sqlite'), clock });
  const state = openState(join(dir, 'state.sqlite'));
  const checkpoints = new SqliteCheckpoints(state);
  const leases = new SoleOwner();
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
  return { clock, checkpoints, append, run };
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
