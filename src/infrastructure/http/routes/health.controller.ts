import { Controller, Injectable } from '@nestjs/common';
import * as t from 'io-ts';
import { Clock } from '../../../application/ports/clock.js';
import { DepartmentInbox } from '../../../application/ports/department-inbox.js';
import { EventStore } from '../../../application/ports/event-store.js';
import { KeyVault } from '../../../application/ports/key-vault.js';
import { Leases } from '../../../application/ports/leases.js';
import { RecorderHealth } from '../../../application/ports/recorder-health.js';
import { ViewUnavailable, Views } from '../../../application/ports/views.js';
import { flag, integer, oneOf, record, text } from '../../../domain/kernel/codec.js';
import { Reactions } from '../../reactions/reactions.js';
import { Input } from '../input.js';
import { Handles, operation } from '../operation.js';
import { Problem } from '../problem.js';

const count = integer(0, Number.MAX_SAFE_INTEGER);

const Readiness = record(
  'Readiness',
  {
    ready: flag,
    feed: record('FeedReadiness', {
      state: oneOf('live', 'catching-up', 'broken'),
      resumptions: count,
      outages: count,
    }),
    views: t.readonlyArray(
      record('ViewReadiness', {
        view: text(40),
        state: oneOf('live', 'building', 'rebuilding', 'stopped'),
        behind: count,
      }),
    ),
    recorders: t.readonlyArray(
      record('RecorderReadiness', {
        recorder: text(40),
        state: oneOf('standby', 'starting', 'running', 'backing-off', 'stopped'),
      }),
    ),
    leases: t.readonlyArray(
      record('LeaseReadiness', { name: text(80), state: oneOf('owned', 'waiting') }, { epoch: count }),
    ),
    reactions: t.readonlyArray(record('ReactionReadiness', { reaction: text(40), pending: count, failing: count })),
  },
  { overdueCallbacks: count },
);

const live = operation({
  method: 'get',
  path: '/health/live',
  tag: 'System',
  summary: 'Whether the process answers',
  open: true,
  success: { status: 200, description: 'It does.', body: record('Liveness', { live: flag }) },
});
const ready = operation({
  method: 'get',
  path: '/health/ready',
  tag: 'System',
  summary: 'Whether commands can be taken: the event store and the keys answer',
  description: 'Views that lag, callbacks that are overdue and recorders that are down are told, and make nobody wait.',
  open: true,
  success: { status: 200, description: 'Ready.', body: Readiness },
});

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

  /** Throws when the event store or the keys do not answer. */
  async read() {
    await Promise.all([this.store.head(), this.keys.ping()]);
    const now = this.clock.now();
    const overdueCallbacks = await this.inbox.overdueCount(now).catch((error: unknown) => {
      if (error instanceof ViewUnavailable) return undefined;
      throw error;
    });
    const { state, resumptions, outages } = this.store.feed();
    return {
      ready: true,
      feed: { state, resumptions, outages },
      views: (await this.views.status(now)).map(({ view, state, lag }) => ({ view, state, behind: lag.events })),
      recorders: this.recorders.health().map(({ instance, state }) => ({ recorder: instance, state })),
      leases: this.leases
        .status()
        .map(({ name, state, epoch }) => ({ name, state, ...(epoch !== undefined && { epoch }) })),
      reactions: this.reactions.status(),
      ...(overdueCallbacks !== undefined && { overdueCallbacks }),
    };
  }
}

@Controller()
export class HealthController {
  constructor(private readonly state: SystemState) {}

  @Handles(live)
  live(@Input() _: Input) {
    return { live: true };
  }

  @Handles(ready)
  async ready(@Input() _: Input) {
    try {
      return await this.state.read();
    } catch {
      throw new Problem(503, 'not_ready', 'The event store or the keys do not answer', [], { 'retry-after': '5' });
    }
  }
}
