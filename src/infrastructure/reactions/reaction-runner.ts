import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { epochMs } from '../../domain/kernel/time.js';
import { CheckpointLost, type Checkpoints } from '../../application/ports/checkpoints.js';
import type { Clock } from '../../application/ports/clock.js';
import {
  BadPosition,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '../../application/ports/event-store.js';
import { LeaseLost, type Lease, type Leases } from '../../application/ports/leases.js';
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
 * Runs one reaction over the store's events from its durable checkpoint, while this process owns its lease. An event
 * that cannot be settled yet does not hold up those behind it, but the checkpoint stays before it: after a restart, or
 * by the next owner, it is tried again.
 */
export class ReactionRunner {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly options: RunnerOptions;
  private pending: Pending[] = [];
  private running: Promise<unknown> = Promise.resolve();
  private settledSome = Promise.withResolvers<void>();
  /** Up to here all is settled, and up to here that is written. */
  private reached: Position | undefined;
  private saved: Position | undefined;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly reaction: Reaction,
    private readonly store: EventStore,
    private readonly checkpoints: Checkpoints,
    private readonly leases: Leases,
    private readonly clock: Clock,
    options: Partial<RunnerOptions> = {},
  ) {
    this.logger = new Logger(reaction.name);
    this.options = { ...defaults, ...options };
  }

  start(): void {
    const name = `reaction:${this.reaction.name}`;
    this.running = this.leases.hold(name, this.stopping.signal, (lease) => this.supervise(lease));
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

  private async supervise(lease: Lease): Promise<void> {
    for (let failures = 0; !lease.signal.aborted; failures++) {
      try {
        await this.resume(lease);
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        this.logger.error(`stopped following events, will try again: ${(error as Error).message}`);
        await this.pause(failures, lease.signal);
      }
    }
  }

  /** From the beginning, when the events have moved or the checkpoint is lost: what was done is only recognised again. */
  private async resume(lease: Lease): Promise<void> {
    try {
      await this.follow(lease);
    } catch (error) {
      if (!(error instanceof BadPosition || error instanceof CheckpointLost)) throw error;
      this.logger.warn(`starts from the beginning, its checkpoint is of no use: ${error.message}`);
      await this.checkpoints.drop(this.reaction.name, lease);
    }
  }

  private async follow(lease: Lease): Promise<void> {
    const ending = new AbortController();
    const signal = AbortSignal.any([lease.signal, ending.signal]);
    const from = await this.checkpoints.get(this.reaction.name);
    const steps = new Set<Promise<void>>();
    this.reached = this.saved = from;
    this.saving = Promise.resolve();
    try {
      const filter = { types: this.reaction.handles };
      for await (const { events } of this.store.subscribe({ ...(from !== undefined && { from }), filter, signal })) {
        for (const event of events) {
          await this.due(event, signal);
          while (this.pending.length >= this.options.maxPending && !signal.aborted) await this.settledSome.promise;
          if (signal.aborted) break;
          const step = this.settle(event, lease, signal)
            .catch((error: unknown) => ending.abort(error))
            .finally(() => steps.delete(step));
          steps.add(step);
        }
      }
    } finally {
      await Promise.all(steps);
      this.pending = [];
    }
    ending.signal.throwIfAborted();
  }

  private async due(event: RecordedEvent, signal: AbortSignal): Promise<void> {
    const dueMs = epochMs(event.recordedAt) + this.reaction.delayMs;
    for (let left; (left = dueMs - epochMs(this.clock.now())) > 0;)
      if (!(await this.wait(Math.min(left, this.options.clockPollMs), signal))) return;
  }

  /** Throws `LeaseLost` and `CheckpointLost`. */
  private async settle(event: RecordedEvent, lease: Lease, signal: AbortSignal): Promise<void> {
    const entry: Pending = { position: event.position, settled: false, failures: 0 };
    this.pending.push(entry);
    while (!entry.settled && !signal.aborted) {
      try {
        await this.reaction.react(event);
        entry.settled = true;
      } catch (error) {
        // Once on the first failure, then now and again: a recorder that is down all night does not fill the log.
        if (entry.failures++ % 10 === 0)
          this.logger.error(`${event.type} ${event.id} failed ${entry.failures} times: ${(error as Error).message}`);
        await this.pause(entry.failures, signal);
      }
    }
    // Up to the last event before which all are settled.
    while (this.pending[0]?.settled === true) this.reached = this.pending.shift()!.position;
    this.notify();
    // One write at a time: what is settled meanwhile goes with the next.
    this.saving = this.saving.then(() => this.save(lease, signal));
    await this.saving;
  }

  /** Throws `LeaseLost` and `CheckpointLost`. */
  private async save(lease: Lease, signal: AbortSignal): Promise<void> {
    for (let failures = 0; this.reached !== undefined && this.reached !== this.saved;) {
      const position = this.reached;
      try {
        await this.checkpoints.set(this.reaction.name, position, lease);
        this.saved = position;
      } catch (error) {
        if (error instanceof LeaseLost || error instanceof CheckpointLost || signal.aborted) throw error;
        this.logger.error(`its checkpoint cannot be written, will try again: ${(error as Error).message}`);
        await this.pause(failures++, signal);
      }
    }
  }

  private notify(): void {
    const waiters = this.settledSome;
    this.settledSome = Promise.withResolvers();
    waiters.resolve();
  }

  private async pause(failures: number, signal: AbortSignal): Promise<void> {
    const [first, longest] = this.options.retryMs;
    const ms = Math.min(first * 2 ** Math.min(failures, 20), longest);
    await this.wait(ms / 2 + (Math.random() * ms) / 2, signal);
  }

  /** Whether the time has passed; false when the signal comes meanwhile. */
  private wait(ms: number, signal: AbortSignal): Promise<boolean> {
    return sleep(ms, true, { signal }).catch(() => false);
  }
}
