import { Controller } from '@nestjs/common';
import * as t from 'io-ts';
import type { ViewStatus } from '../../../application/ports/views.js';
import { flag, integer, oneOf, record, text } from '../../../domain/kernel/codec.js';
import { Input } from '../input.js';
import { Handles, operation } from '../operation.js';
import { Problem } from '../problem.js';
import { SystemState } from '../system-state.js';

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
      record(
        'ViewReadiness',
        {
          view: text(40),
          state: oneOf('live', 'building', 'rebuilding', 'stopped'),
          behind: count,
        },
        { outage: text(200, 'What keeps it from taking events in at present.') },
      ),
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
  {
    overdueCallbacks: count,
    meaning: record('MeaningReadiness', { calls: count, failures: count }, { articles: count, lacking: count }),
  },
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

@Controller()
export class HealthController {
  constructor(private readonly state: SystemState) {}

  @Handles(live)
  live(@Input() _: Input) {
    return { live: true };
  }

  @Handles(ready)
  async ready(@Input() _: Input) {
    const asked = await this.state.ask();
    if (asked !== undefined)
      return { ready: true, ...this.state.own(), ...asked, views: asked.views.map(viewReadiness) };
    throw new Problem(503, 'not_ready', 'The event store or the keys do not answer', [], { 'retry-after': '5' });
  }
}

const viewReadiness = ({ view, state, lag, outage }: ViewStatus) => ({
  view,
  state,
  behind: lag.events,
  ...(outage !== undefined && { outage }),
});
