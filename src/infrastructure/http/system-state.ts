import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../application/ports/clock.js';
import { DepartmentInbox } from '../../application/ports/department-inbox.js';
import { EventStore } from '../../application/ports/event-store.js';
import { KeyVault } from '../../application/ports/key-vault.js';
import { Leases } from '../../application/ports/leases.js';
import { RecorderHealth } from '../../application/ports/recorder-health.js';
import { ViewUnavailable, Views } from '../../application/ports/views.js';
import { Reactions } from '../reactions/reactions.js';

/** A load balancer that asks whether we are ready waits no longer. */
const ANSWER_MS = 3_000;

/** What health and metrics tell. */
@Injectable()
export class SystemState {
  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyVault,
    private readonly views: Views,
    private readonly inbox: DepartmentInbox,
    private readonly recorders: RecorderHealth,
    private readonly leases: Leases,
    private readonly reactions: Reactions,
    private readonly clock: Clock,
  ) {}

  /** What this process knows of itself, whoever else answers. */
  own() {
    const { state, resumptions, outages } = this.store.feed();
    return {
      feed: { state, resumptions, outages },
      recorders: this.recorders.health().map(({ instance, state }) => ({ recorder: instance, state })),
      leases: this.leases
        .status()
        .map(({ name, state, epoch }) => ({ name, state, ...(epoch !== undefined && { epoch }) })),
      reactions: this.reactions.status(),
    };
  }

  /** What has to be asked for; undefined when the event store or the keys do not answer, or not in time. */
  async ask() {
    const late = new AbortController();
    const inTime = delay(ANSWER_MS, undefined, { signal: late.signal }).catch(() => undefined);
    try {
      return await Promise.race([this.answers(), inTime]);
    } catch {
      return undefined;
    } finally {
      late.abort();
    }
  }

  private async answers() {
    await Promise.all([this.store.head(), this.keys.ping()]);
    const now = this.clock.now();
    const views = (await this.views.status(now)).map(({ view, state, lag }) => ({ view, state, behind: lag.events }));
    const overdueCallbacks = await this.inbox.overdueCount(now).catch((error: unknown) => {
      if (error instanceof ViewUnavailable) return undefined;
      throw error;
    });
    return { views, ...(overdueCallbacks !== undefined && { overdueCallbacks }) };
  }
}
