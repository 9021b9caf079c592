import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { epochMs } from '../../domain/kernel/time.js';
import type { Checkpoints } from '../../application/ports/checkpoints.js';
import type { Clock } from '../../application/ports/clock.js';
import type { EventStore, Position, RecordedEvent } from '../../application/ports/event-store.js';
import type { Reaction } from '../../application/reactions/reaction.js';

export interface ReactionStatus {
  readonly reaction: string;
  /** Events that it was shown and has not settled. */
  readonly pending: number;
  /** Of those, the ones that have failed at least once: somebody should look. */
  readonly failing: number;
}

export interface RunnerOptions {
  /** First and longest pause between two tries of one event. */
  readonly retryMs: readonly [number, number];
  /** How often the clock is looked at while an event is not due: a clock that jumps is noticed within this time. */
  readonly clockPollMs: number;
  /** Unsettled events at a time; past that the subscription waits. */
  readonly maxPending: number;
}

const defaults: RunnerOptions = { retryMs: [1_000, 60_000], clockPollMs: 5_000, maxPending: 256 };

interface Pending {
  readonly position: Position;
  settled: boolean;
  failures: number;
}

/**
 * Runs one reaction over the store's events from its durable checkpoint. An event that cannot be settled yet does not
 * hold up those behind it, but the checkpoint stays before it: after a restart it is tried again.
 */
export class ReactionRunner {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly options: RunnerOptions;
  private pending: Pending[] = [];
  private running: Promise<unknown> = Promise.resolve();
  private settledSome = Promise.withResolvers<void>();

  constructor(
    private readonly reaction: Reaction,
    private readonly store: EventStore,
    private readonly checkpoints: Checkpoints,
    private readonly clock: Clock,
    options: Partial<RunnerOptions> = {},
  ) {
    this.logger = new Logger(reaction.name);
    this.options = { ...defaults, ...options };
  }

  start(): void {
    this.running = this.supervise();
  }

  /** Resolves when no step is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  status(): ReactionStatus {
    const failing = this.pending.filter(({ failures }) => failures > 0).length;
    return { reaction: this.reaction.name, pending: this.pending.length, failing };
  }

  private async supervise(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted; failures++) {
      try {
        await this.follow();
      } catch (error) {
        this.logger.error(`stopped following events, will try again: ${(error as Error).message}`);
        await this.pause(failures);
      }
    }
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const from = await this.checkpoints.get(this.reaction.name);
    const steps = new Set<Promise<void>>();
    this.pending = [];
    try {
      const filter = { types: this.reaction.handles };
      for await (const { events } of this.store.subscribe({ ...(from !== undefined && { from }), filter, signal })) {
        for (const event of events) {
          await this.due(event);
          while (this.pending.length >= this.options.maxPending && !signal.aborted) await this.settledSome.promise;
          if (signal.aborted) return;
          const step = this.settle(event).finally(() => steps.delete(step));
          steps.add(step);
        }
      }
    } finally {
      await Promise.all(steps);
    }
  }

  private async due(event: RecordedEvent): Promise<void> {
    const dueMs = epochMs(event.recordedAt) + this.reaction.delayMs;
    for (let left; (left = dueMs - epochMs(this.clock.now())) > 0;)
      if (!(await this.wait(Math.min(left, this.options.clockPollMs)))) return;
  }

  private async settle(event: RecordedEvent): Promise<void> {
    const entry: Pending = { position: event.position, settled: false, failures: 0 };
    this.pending.push(entry);
    while (!this.stopping.signal.aborted) {
      try {
        await this.reaction.react(event);
        entry.settled = true;
        return await this.advance();
      } catch (error) {
        // Once on the first failure, then now and again: a recorder that is down all night does not fill the log.
        if (entry.failures++ % 10 === 0)
          this.logger.error(`${event.type} ${event.id} failed ${entry.failures} times: ${(error as Error).message}`);
        await this.pause(entry.failures);
      }
    }
    this.notify();
  }

  /** Moves the checkpoint up to the last event before which all are settled. */
  private async advance(): Promise<void> {
    let position: Position | undefined;
    while (this.pending[0]?.settled === true) position = this.pending.shift()!.position;
    this.notify();
    if (position !== undefined) await this.checkpoints.set(this.reaction.name, position);
  }

  private notify(): void {
    const waiters = this.settledSome;
    this.settledSome = Promise.withResolvers();
    waiters.resolve();
  }

  private async pause(failures: number): Promise<void> {
    const [first, longest] = this.options.retryMs;
    const ms = Math.min(first * 2 ** Math.min(failures, 20), longest);
    await this.wait(ms / 2 + (Math.random() * ms) / 2);
  }

  /** Whether the time has passed; false when the runner stops meanwhile. */
  private wait(ms: number): Promise<boolean> {
    return sleep(ms, true, { signal: this.stopping.signal }).catch(() => false);
  }
}
