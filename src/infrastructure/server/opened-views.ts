import type { Provider } from '@nestjs/common';
import type { Clock } from '../../application/ports/clock.js';
import type { EventStore } from '../../application/ports/event-store.js';
import type { Leases } from '../../application/ports/leases.js';
import type { SearchDictionary } from '../../application/ports/search-dictionary.js';
import type { Views } from '../../application/ports/views.js';
import type { Config, ElasticsearchConfig } from '../config.js';
import type { DataDirectory } from '../data-directory.js';
import { FollowedSearchDictionary } from '../search-dictionary/followed-search-dictionary.js';
import type { EventsSource } from '../views/build/build-job.js';
import { buildInWorker } from '../views/build/build-in-worker.js';
import { allElasticViews } from '../views/elasticsearch/all-views.js';
import { checkAnalysis } from '../views/elasticsearch/check-analysis.js';
import { elasticClient } from '../views/elasticsearch/client.js';
import { ElasticViews } from '../views/elasticsearch/elastic-views.js';
import { allViews } from '../views/sqlite/all-views.js';
import { SqliteViews } from '../views/sqlite/sqlite-views.js';
import { SoleOwner } from '../leases/sole-owner.js';
import { ElasticVectors } from '../vectors/elasticsearch/elastic-vectors.js';
import { SqliteVectors } from '../vectors/sqlite/sqlite-vectors.js';
import { elasticViewPorts } from './elastic-view-ports.js';
import { openMeaning, withoutMeaning, type VectorsPlace } from './opened-meaning.js';
import { sqliteViewPorts } from './sqlite-view-ports.js';

/** The views of one engine, and the ports that read them; FAQ search by meaning too, where that is configured. */
export interface OpenedViews {
  readonly views: Views & { start(): void | Promise<void> };
  readonly ports: ReadonlyArray<Provider>;
  close(): Promise<void>;
}

export interface OpenViewsOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly leases: Leases;
  /** Where the build worker is, and where it reads the events. */
  readonly buildWorker: URL;
  readonly events: EventsSource;
}

/** An engine's views, and where it keeps the vectors of a model. */
interface OpenedEngine extends OpenedViews {
  vectorsOf(model: string): VectorsPlace;
}

/** Throws `MissingPlugins`. */
export const openViews = async (
  { elasticsearch, embeddings }: Config,
  directory: DataDirectory,
  options: OpenViewsOptions,
): Promise<OpenedViews> => {
  await using opened = new AsyncDisposableStack();
  const { store, clock } = options;
  const dictionary = opened.adopt(FollowedSearchDictionary.follow(store), (followed) => followed.close());
  const { views, ports, close, vectorsOf } = await (elasticsearch === undefined
    ? openSqliteViews(directory, options, dictionary)
    : openElasticViews(elasticsearch, options, dictionary));
  opened.defer(close);
  const meaning = opened.adopt(
    embeddings === undefined ? withoutMeaning : openMeaning(embeddings, vectorsOf(embeddings.model), store, clock),
    (open) => open.close(),
  );
  const held = opened.move();
  return { views, ports: [...ports, ...meaning.ports], close: () => held.disposeAsync() };
};

/** In the files of a folder, for this process. */
const openSqliteViews = (
  directory: DataDirectory,
  { store, buildWorker, events }: OpenViewsOptions,
  dictionary: SearchDictionary,
): OpenedEngine => {
  const opened = new AsyncDisposableStack();
  const views = new SqliteViews(directory.file('views'), store, allViews, buildInWorker(buildWorker, events));
  opened.defer(() => views.close());
  return {
    views,
    ports: sqliteViewPorts(views, dictionary),
    vectorsOf: (model) => {
      const file = directory.file('vectors.sqlite');
      const vectors = opened.adopt(SqliteVectors.open(file, model), (open) => open.close());
      return { vectors, leases: new SoleOwner() };
    },
    close: () => opened.disposeAsync(),
  };
};

/** In a cluster, for all processes. */
const openElasticViews = async (
  config: ElasticsearchConfig,
  { store, leases, buildWorker, events }: OpenViewsOptions,
  dictionary: SearchDictionary,
): Promise<OpenedEngine> => {
  await using opened = new AsyncDisposableStack();
  const client = opened.adopt(elasticClient(config), (open) => open.close());
  await checkAnalysis(client);
  const cluster = { client, prefix: config.prefix };
  const build = buildInWorker(buildWorker, events, { cluster: config });
  const views = new ElasticViews(cluster, store, allElasticViews, build, leases);
  opened.defer(() => views.close());
  const held = opened.move();
  return {
    views,
    ports: elasticViewPorts(views, dictionary),
    vectorsOf: (model) => ({ vectors: new ElasticVectors(cluster, model), leases }),
    close: () => held.disposeAsync(),
  };
};
