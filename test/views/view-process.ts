import type { Client } from '@elastic/elasticsearch';
import type { EventStore } from '../../src/application/ports/event-store.js';
import { elasticClient } from '../../src/infrastructure/views/elasticsearch/client.js';
import type { ElasticView } from '../../src/infrastructure/views/elasticsearch/elastic-view.js';
import { ElasticViews } from '../../src/infrastructure/views/elasticsearch/elastic-views.js';
import { FaultProxy, type FaultCounts } from '../elasticsearch/fault-proxy.js';
import type { LeaseTable } from '../leases/stealable-leases.js';
import { buildIndexHere, quick } from './elastic-fixture.js';

/** How long a process waits for an answer. */
const ANSWER_MS = 2_000;
const GRACE_MS = 5_000;

export interface ProcessOptions {
  readonly url: string;
  readonly prefix: string;
  readonly store: EventStore;
  readonly leases: LeaseTable;
  readonly views: ReadonlyArray<ElasticView>;
  readonly counts: FaultCounts;
}

/** One of several processes of a program: its views, and all that lies between it and the cluster. */
export class ViewProcess {
  static #started = 0;

  private constructor(
    readonly name: string,
    readonly schemaVersion: number,
    readonly proxy: FaultProxy,
    readonly views: ElasticViews,
    private readonly client: Client,
    private readonly leases: LeaseTable,
  ) {}

  static async start({ url, prefix, store, leases, views, counts }: ProcessOptions): Promise<ViewProcess> {
    const name = `process ${++ViewProcess.#started}`;
    const proxy = await FaultProxy.start(url, ANSWER_MS * 1.2, counts);
    const client = elasticClient({ nodes: [proxy.url], prefix }).child({ requestTimeout: ANSWER_MS });
    const cluster = { client, prefix };
    const build = buildIndexHere(cluster, store, views);
    const opened = new ElasticViews(cluster, store, views, build, leases.of(name), { ...quick, graceMs: GRACE_MS });
    opened.start();
    return new ViewProcess(name, views[0]!.schemaVersion, proxy, opened, client, leases);
  }

  /** Stands still in the middle of a batch; others take over what it fed. The answer wakes it. */
  async stall(): Promise<() => void> {
    await this.proxy.sleepAtNextBulk();
    const tell = this.leases.takeFrom(this.name);
    return () => {
      this.proxy.wake();
      tell();
    };
  }

  /** Dies where it stands: nothing that it still does arrives. */
  async kill(): Promise<void> {
    const gone = this.proxy.stop();
    this.leases.takeFrom(this.name)();
    await gone;
    await this.views.close();
    await this.client.close();
  }

  async stop(): Promise<void> {
    await this.views.close();
    await this.client.close();
    await this.proxy.stop();
  }
}
