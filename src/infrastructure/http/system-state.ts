import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../application/ports/clock.js';
import { DepartmentInbox } from '../../application/ports/department-inbox.js';
import { EventStore } from '../../application/ports/event-store.js';
import { KeyVault } from '../../application/ports/key-vault.js';
import { Leases } from '../../application/ports/leases.js';
import { MeaningHealth } from '../../application/ports/meaning-health.js';
import { RecorderHealth } from '../../application/ports/recorder-health.js';
import { Views, type ViewStatus } from '../../application/ports/views.js';
import { Reactions } from '../reactions/reactions.js';

/** A load balancer that asks whether we are ready waits no longer. */
const ANSWER_MS = 3_000;

/** What health and metrics tell. */
@Injectable()
export class SystemState {
  /** As they stood when they last told. */
  private views: ReadonlyArray<ViewStatus> = [];

  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyVault,
    private readonly viewPort: Views,
    private readonly inbox: DepartmentInbox,
    private readonly recorders: RecorderHealth,
    private readonly leases: Leases,
    private readonly reactions: Reactions,
    private readonly meaning: MeaningHealth,
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
      reactions: [...this.reactions.status(), ...this.meaning.reactions()],
    };
  }

  /**
   * What has to be asked for; undefined when the event store or the keys do not answer, or not in time. Views that do
   * not answer are told as they stood, with an outage.
   */
  async ask() {
    const late = new AbortController();
    const inTime = <A>(asked: Promise<A>): Promise<A | undefined> =>
      Promise.race([asked, delay(ANSWER_MS, undefined, { signal: late.signal })]).catch(() => undefined);
    try {
      const now = this.clock.now();
      const [stores, views, overdueCallbacks, meaning] = await Promise.all([
        inTime(Promise.all([this.store.head(), this.keys.ping()])),
        inTime(this.viewPort.status(now)),
        inTime(this.inbox.overdueCount(now)),
        inTime(this.meaning.status()),
      ]);
      if (stores === undefined) return undefined;
      this.views = views ?? this.views.map((view) => ({ ...view, outage: view.outage ?? 'no answer' }));
      return {
        views: this.views,
        ...(overdueCallbacks !== undefined && { overdueCallbacks }),
        ...(meaning !== undefined && { meaning }),
      };
    } finally {
      late.abort();
    }
  }
}
