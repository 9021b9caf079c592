import { Controller, Header } from '@nestjs/common';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
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

/** Overdue callbacks (S6), lag of views, state of recorders and reactions, and the process itself. */
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
    this.behind = gauge('view_events_behind', 'Events that a view has not taken in', 'view');
    this.owned = gauge('lease_owned', '1 when this process owns the lease', 'lease');
    this.running = gauge('recorder_running', '1 when the recorder plugin runs', 'recorder');
    this.failing = gauge('reaction_events_failing', 'Events that a reaction has failed on and tries again', 'reaction');
  }

  private readonly ready: Gauge;
  private readonly feedLive: Gauge;
  private readonly feedResumptions: Gauge;
  private readonly feedOutages: Gauge;
  private readonly overdue: Gauge;
  private readonly behind: Gauge;
  private readonly owned: Gauge;
  private readonly running: Gauge;
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
    for (const { view, behind } of asked?.views ?? []) this.behind.set({ view }, behind);
    for (const { name, state } of leases) this.owned.set({ lease: name }, state === 'owned' ? 1 : 0);
    for (const { recorder, state } of recorders) this.running.set({ recorder }, state === 'running' ? 1 : 0);
    for (const { reaction, failing } of reactions) this.failing.set({ reaction }, failing);
    return this.registry.metrics();
  }
}
