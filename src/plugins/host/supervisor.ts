import { setTimeout as delay } from 'node:timers/promises';
import { LeaseLost, type Lease, type Leases } from '../../application/ports/leases.js';
import type { InstanceHealth } from '../../application/ports/recorder-health.js';
import type { RecorderContext, RecorderLog } from '../sdk/recorder.js';
import type { ConfiguredRecorder } from './configuration.js';

/** Milliseconds. */
export interface SupervisionTimes {
  /** Before the first new start; doubled for each that follows, up to `longestBackOff`, and up to half of it chance. */
  readonly firstBackOff: number;
  readonly longestBackOff: number;
  /** Who ran so long starts from the first back-off again. */
  readonly stable: number;
  /** A stop is not waited for longer. */
  readonly stop: number;
}

export const supervisionTimes: SupervisionTimes = {
  firstBackOff: 1_000,
  longestBackOff: 60_000,
  stable: 60_000,
  stop: 10_000,
};

/** Runs one instance while this process owns its lease: starts it anew whenever it breaks, until stopped. */
export class Supervisor {
  private readonly ending = new AbortController();
  private state: InstanceHealth['state'] = 'stopped';
  private since = new Date();
  private lastError: string | undefined;
  private loop: Promise<void> | undefined;

  constructor(
    readonly recorder: ConfiguredRecorder,
    private readonly contextOf: (lease: Lease) => Omit<RecorderContext<unknown>, 'config' | 'signal'>,
    private readonly leases: Leases,
    private readonly log: RecorderLog,
    private readonly times: SupervisionTimes,
  ) {}

  get health(): InstanceHealth {
    return {
      instance: this.recorder.instance,
      plugin: this.recorder.manifest.name,
      state: this.state,
      since: this.since.toISOString(),
      ...(this.lastError !== undefined && { lastError: this.lastError }),
    };
  }

  start(): void {
    if (this.ending.signal.aborted || this.loop !== undefined) return;
    const { signal } = this.ending;
    const standBy = () => void (signal.aborted || this.become('standby'));
    standBy();
    const run = (lease: Lease) => this.supervise(lease).finally(standBy);
    this.loop = this.leases.hold(`recorder:${this.recorder.instance}`, signal, run);
  }

  /** Safe without a start, and twice. */
  async stop(): Promise<void> {
    this.ending.abort();
    await Promise.race([this.loop, delay(this.times.stop, undefined, { ref: false })]);
    this.become('stopped');
  }

  private async supervise(lease: Lease): Promise<void> {
    const { signal } = lease;
    for (let breaks = 0; !signal.aborted; breaks += 1) {
      const startedAt = Date.now();
      await this.runOnce(lease);
      if (signal.aborted) return;
      if (Date.now() - startedAt >= this.times.stable) breaks = 0;
      this.become('backing-off');
      const longest = Math.min(this.times.longestBackOff, this.times.firstBackOff * 2 ** Math.min(breaks, 30));
      await delay(longest / 2 + (Math.random() * longest) / 2, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the instance runs no more, for whatever reason. */
  private async runOnce(lease: Lease): Promise<void> {
    // Of this run alone: a run that broke must not go on beside the next.
    const run = new AbortController();
    const signal = AbortSignal.any([lease.signal, run.signal]);
    this.become('starting');
    try {
      const running = await this.recorder.start({ ...this.contextOf(lease), signal });
      const stop = () => void running.stop().catch((error: unknown) => this.broke(error));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
      this.become('running');
      await running.finished;
      if (!lease.signal.aborted) this.broke(new Error('it ended by itself'));
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      if (!lease.signal.aborted) this.broke(error);
    } finally {
      run.abort();
    }
  }

  private broke(error: unknown): void {
    this.lastError = error instanceof Error ? error.constructor.name : typeof error;
    this.log.error(`broke with ${this.lastError}`);
  }

  private become(state: InstanceHealth['state']): void {
    this.state = state;
    this.since = new Date();
  }
}
