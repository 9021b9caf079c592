import { onTestFinished } from 'vitest';
import type { EventStore } from '../../src/application/ports/event-store.js';
import type { ViewName } from '../../src/application/ports/views.js';
import { SoleOwner } from '../../src/infrastructure/leases/sole-owner.js';
import { build, type BuildView, type EventReader } from '../../src/infrastructure/views/build/build.js';
import { allElasticViews } from '../../src/infrastructure/views/elasticsearch/all-views.js';
import { elasticClient, type Cluster } from '../../src/infrastructure/views/elasticsearch/client.js';
import type { ElasticView } from '../../src/infrastructure/views/elasticsearch/elastic-view.js';
import { ElasticViews } from '../../src/infrastructure/views/elasticsearch/elastic-views.js';
import type { FeederOptions } from '../../src/infrastructure/views/elasticsearch/view-feeder.js';
import { ViewIndex } from '../../src/infrastructure/views/elasticsearch/view-index.js';
import type { Ending } from '../support/temp-dir.js';
import { freshPrefix } from '../elasticsearch/index-prefix.js';

/** Builds as the worker does, in this thread. */
export const buildIndexHere =
  ({ client }: Cluster, reader: EventReader, views: ReadonlyArray<ElasticView>): BuildView =>
  async (name, index, onProgress, signal) => {
    const target = await ViewIndex.open(
      client,
      views.find(({ projection }) => projection.name === name)!,
      index,
    );
    return build(target, reader, (progress) => {
      signal.throwIfAborted();
      onProgress(progress);
    });
  };

/** A client and a prefix of its own; what it left is deleted when the test ends. */
export const openCluster = (url: string, ending: Ending = onTestFinished): Cluster => {
  const prefix = freshPrefix(url, ending);
  const client = elasticClient({ nodes: [url], prefix });
  ending(() => client.close());
  return { client, prefix };
};

export const quick: Partial<FeederOptions> = { lookMs: 50, gatherMs: 5, retryMs: [10, 100] };

interface OpenedElastic {
  readonly names?: ReadonlyArray<ViewName>;
  readonly options?: Partial<FeederOptions>;
  readonly ending?: Ending;
}

/** The views named over a store, started, and closed when the test ends. */
export const openElasticViews = (
  cluster: Cluster,
  store: EventStore,
  { names, options = quick, ending = onTestFinished }: OpenedElastic = {},
): ElasticViews => {
  const views = allElasticViews.filter(({ projection }) => names?.includes(projection.name) ?? true);
  const opened = new ElasticViews(
    cluster,
    store,
    views,
    buildIndexHere(cluster, store, views),
    new SoleOwner(),
    options,
  );
  opened.start();
  ending(() => opened.close());
  return opened;
};
