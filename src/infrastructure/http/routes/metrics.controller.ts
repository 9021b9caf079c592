import { Controller, Header } from '@nestjs/common';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { ViewStatus } from '../../../application/ports/views.js';
import { Input } from '../input.js';
import { Handles, operation } from '../operation.js';
import { SystemState } from '../system-state.js';

const metrics = operation({
  method: 'get',
  path: '/metrics',
  tag: 'System',
  summary: 'Metrics as Prometheus text',
  success: { status: 200, description: 'As of now.', body: { mediaType: 'text/plain' } },
});

type OfView = (status: ViewStatus) => number | undefined;

const viewGauges: ReadonlyArray<readonly [name: string, help: string, OfView]> = [
  ['view_events_taken_in', 'Events that a view has taken in, all told', ({ events }) => events],
  ['view_events_behind', 'Events that a view has not taken in; 1000: as many or more', ({ lag }) => lag.events],
  ['view_seconds_behind', 'Age of the first event that a view has not taken in', ({ lag }) => lag.ageMs / 1_000],
  ['view_stopped', '1 when a view takes in no event any more', ({ state }) => Number(state === 'stopped')],
  ['view_outage', '1 when a failure keeps a view from taking events in', ({ outage }) => Number(outage !== undefined)],
  ['view_rebuild_events_done', 'Events that the rebuild under way has taken in', ({ rebuild }) => rebuild?.done],
  ['view_rebuild_events_total', 'Events of the view that the rebuild will replace', ({ rebuild }) => rebuild?.total],
  [
    'view_rebuild_stopped',
    '1 when the rebuild under way has stopped before an event',
    ({ rebuild }) => rebuild && Number(rebuild.poisonedBy !== undefined),
  ],
];

/** Overdue callbacks (S6), lag and rebuilds of views, state of recorders and reactions, and the process itself. */
@Controller()
export class MetricsController {
  private readonly registry = new Registry();

  constructor(private readonly state: SystemState) {
    collectDefaultMetrics({ register: this.registry, prefix: 'madoguchi_' });
    const gauge = (name: string, help: string, ...labelNames: string[]) =>
      new Gauge({ name: `madoguchi_${name}`, help, labelNames, registers: [this.registry] });
    this.ready = gauge('ready', '1 when the event store and the keys answer');
    this.feedLive = gauge('feed_live', '1 when subscriptions get events as they are stored');
    this.feedResumptions = gauge('feed_resumptions', 'Times that the feed of events was resumed at once');
    this.feedOutages = gauge('feed_outages', 'Times that the feed of events failed');
    this.overdue = gauge('overdue_callbacks', 'Callbacks not answered by their due time');
    this.views = viewGauges.map(([name, help, of]) => [gauge(name, help, 'view'), of]);
    this.owned = gauge('lease_owned', '1 when this process owns the lease', 'lease');
    this.running = gauge('recorder_running', '1 when the recorder plugin runs', 'recorder');
    this.embeddingCalls = gauge('embeddings_calls', 'Requests to the endpoint for embeddings');
    this.embeddingFailures = gauge('embeddings_failures', 'Of those, the ones that brought no vectors');
    this.vectorsLacking = gauge('vectors_lacking', 'Vectors that published FAQ articles lack');
    this.failing = gauge('reaction_events_failing', 'Events that a reaction has failed on and tries again', 'reaction');
  }

  private readonly ready: Gauge;
  private readonly feedLive: Gauge;
  private readonly feedResumptions: Gauge;
  private readonly feedOutages: Gauge;
  private readonly overdue: Gauge;
  private readonly views: ReadonlyArray<readonly [Gauge, OfView]>;
  private readonly owned: Gauge;
  private readonly running: Gauge;
  private readonly embeddingCalls: Gauge;
  private readonly embeddingFailures: Gauge;
  private readonly vectorsLacking: Gauge;
  private readonly failing: Gauge;

  @Handles(metrics)
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async metrics(@Input() _: Input): Promise<string> {
    const { feed, leases, recorders, reactions } = this.state.own();
    const asked = await this.state.ask();
    this.ready.set(asked === undefined ? 0 : 1);
    this.feedLive.set(feed.state === 'live' ? 1 : 0);
    this.feedResumptions.set(feed.resumptions);
    this.feedOutages.set(feed.outages);
    if (asked?.overdueCallbacks !== undefined) this.overdue.set(asked.overdueCallbacks);
    if (asked !== undefined) for (const [gauge, of] of this.views) setAll(gauge, of, asked.views);
    if (asked?.meaning !== undefined) {
      this.embeddingCalls.set(asked.meaning.calls);
      this.embeddingFailures.set(asked.meaning.failures);
      if (asked.meaning.lacking !== undefined) this.vectorsLacking.set(asked.meaning.lacking);
    }
    for (const { name, state } of leases) this.owned.set({ lease: name }, state === 'owned' ? 1 : 0);
    for (const { recorder, state } of recorders) this.running.set({ recorder }, state === 'running' ? 1 : 0);
    for (const { reaction, failing } of reactions) this.failing.set({ reaction }, failing);
    return this.registry.metrics();
  }
}

const setAll = (gauge: Gauge, of: OfView, views: ReadonlyArray<ViewStatus>): void => {
  // What has ended, such as a rebuild, is told no more.
  gauge.reset();
  for (const status of views) {
    const value = of(status);
    if (value !== undefined) gauge.set({ view: status.view }, value);
  }
};
