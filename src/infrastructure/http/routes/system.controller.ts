import { Controller } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { ReplayStream } from '../../../application/audit/replay-stream.js';
import { Clock } from '../../../application/ports/clock.js';
import type { RecordedEvent, StreamName } from '../../../application/ports/event-store.js';
import { viewNames, Views } from '../../../application/ports/views.js';
import { Actor, onlyRoles } from '../../../domain/kernel/actor.js';
import { integer, oneOf, pattern, record, text } from '../../../domain/kernel/codec.js';
import { Instant } from '../../../domain/kernel/time.js';
import { Input, PositionHeader } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { failureProblem, problemOf } from '../problem.js';

const me = operation({
  method: 'get',
  path: '/me',
  tag: 'System',
  summary: 'Whose token this is',
  success: { status: 200, description: 'The bearer.', body: Actor },
});

const count = integer(0, Number.MAX_SAFE_INTEGER);

const StreamPath = pattern<StreamName>('a stream such as inquiry-0f6a...', /^[a-z]+-[a-z0-9-]{1,200}$/, {
  maxLength: 240,
});
const AuditedEvent = record(
  'AuditedEvent',
  {
    id: text(36),
    revision: count,
    position: PositionHeader,
    type: text(100),
    recordedAt: Instant,
    metadata: t.unknown,
    content: oneOf('plain', 'sealed', 'erased', 'withheld'),
  },
  { data: t.unknown },
);
const replay = operation({
  method: 'get',
  path: '/streams/:stream/events',
  tag: 'Audit',
  summary: 'Replay a stream, also as of a moment; personal content shows as withheld or erased',
  params: record('StreamPath', { stream: StreamPath }),
  query: record(
    'ReplayQuery',
    {},
    {
      asOf: Instant,
      from: integer(-1, Number.MAX_SAFE_INTEGER, 'After this revision (before it, when backwards).'),
      limit: integer(1, 1000, 'How many at most; 200 if absent.'),
      direction: oneOf('forwards', 'backwards'),
    },
  ),
  success: {
    status: 200,
    description: 'The events in order.',
    body: record('AuditedEvents', { items: t.readonlyArray(AuditedEvent) }),
  },
});

const PoisonedBy = record('PoisonedBy', {
  eventId: text(36),
  type: text(100),
  position: PositionHeader,
  reason: text(10_000, 'Codes and fields; no value.'),
});
const RebuildState = record(
  'RebuildState',
  { done: count, eventsPerSecond: count },
  { total: count, reached: Instant, poisonedBy: PoisonedBy },
);
const ViewState = record(
  'ViewState',
  {
    view: oneOf(...viewNames),
    state: oneOf('live', 'building', 'rebuilding', 'stopped'),
    lag: record('ViewLag', { events: integer(0, 1_000, '1,000 means as many or more.'), ageMs: count }),
  },
  {
    version: text(20),
    position: PositionHeader,
    events: count,
    rebuild: RebuildState,
    poisonedBy: PoisonedBy,
    outage: text(200, 'What keeps it from taking events in at present.'),
  },
);
export type ViewState = t.TypeOf<typeof ViewState>;
export const viewStates = record('ViewStates', { items: t.readonlyArray(ViewState) });
const views = operation({
  method: 'get',
  path: '/views',
  tag: 'System',
  summary: 'How the views stand: version, position, lag, rebuild progress',
  success: { status: 200, description: 'As of now.', body: viewStates },
});
const rebuild = operation({
  method: 'post',
  path: '/views/:view/rebuild',
  tag: 'System',
  summary: 'Build a view anew from all events; the old one answers meanwhile',
  params: record('ViewPath', { view: oneOf(...viewNames) }),
  success: { status: 202, description: 'Begun.', body: viewStates },
});

/** The bearer, the auditor's replay, and the views' state. */
@Controller()
export class SystemController {
  constructor(
    private readonly queries: QueryBus,
    private readonly viewPort: Views,
    private readonly clock: Clock,
  ) {}

  @Handles(me)
  me(@Input() { actor }: Input) {
    return actor;
  }

  @Handles(replay)
  async replay(@Input() { params, query, actor }: Input & InputOf<typeof replay>) {
    const { limit = 200, ...options } = query;
    const replayed = await this.queries.execute(new ReplayStream(params.stream, actor, { limit, ...options }));
    if (E.isLeft(replayed)) throw failureProblem(replayed.left);
    return { items: replayed.right.map(audited) };
  }

  @Handles(views)
  async views(@Input() _: Input) {
    return { items: await this.viewPort.status(this.clock.now()) };
  }

  @Handles(rebuild)
  async rebuild(@Input() { params, actor }: Input & InputOf<typeof rebuild>) {
    const [problem, ...others] = onlyRoles(actor, 'administrator');
    if (problem !== undefined) throw problemOf([problem, ...others]);
    await this.viewPort.rebuild(params.view);
    return { items: await this.viewPort.status(this.clock.now()) };
  }
}

const audited = ({ id, revision, position, type, recordedAt, metadata, content }: RecordedEvent) => ({
  id,
  revision,
  position,
  type,
  recordedAt,
  metadata,
  content: content._tag,
  ...(content._tag === 'plain' && { data: content.data }),
});
