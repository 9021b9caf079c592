import type { Provider } from '@nestjs/common';
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
import { elasticViewPorts } from './elastic-view-ports.js';
import { sqliteViewPorts } from './sqlite-view-ports.js';

/** The views of one engine, and the ports that read them. */
export interface OpenedViews {
  readonly views: Views & { start(): void | Promise<void> };
  readonly ports: ReadonlyArray<Provider>;
  close(): Promise<void>;
}

export interface OpenViewsOptions {
  readonly store: EventStore;
  readonly leases: Leases;
  /** Where the build worker is, and where it reads the events. */
  readonly buildWorker: URL;
  readonly events: EventsSource;
}

/** Throws `MissingPlugins`. */
export const openViews = async (
  { elasticsearch }: Config,
  directory: DataDirectory,
  options: OpenViewsOptions,
): Promise<OpenedViews> => {
  await using opened = new AsyncDisposableStack();
  const dictionary = opened.adopt(FollowedSearchDictionary.follow(options.store), (followed) => followed.close());
  const { close, ...views } = await (elasticsearch === undefined
    ? openSqliteViews(directory.file('views'), options, dictionary)
    : openElasticViews(elasticsearch, options, dictionary));
  opened.defer(close);
  const held = opened.move();
  return { ...views, close: () => held.disposeAsync() };
};

/** In the files of a folder, for this process. */
const openSqliteViews = (
  folder: string,
  { store, buildWorker, events }: OpenViewsOptions,
  dictionary: SearchDictionary,
): OpenedViews => {
  const views = new SqliteViews(folder, store, allViews, buildInWorker(buildWorker, events));
  return { views, ports: sqliteViewPorts(views, dictionary), close: () => views.close() };
};

/** In a cluster, for all processes. */
const openElasticViews = async (
  config: ElasticsearchConfig,
  { store, leases, buildWorker, events }: OpenViewsOptions,
  dictionary: SearchDictionary,
): Promise<OpenedViews> => {
  await using opened = new AsyncDisposableStack();
  const client = opened.adopt(elasticClient(config), (open) => open.close());
  await checkAnalysis(client);
  const cluster = { client, prefix: config.prefix };
  const build = buildInWorker(buildWorker, events, { cluster: config });
  const views = new ElasticViews(cluster, store, allElasticViews, build, leases);
  opened.defer(() => views.close());
  const held = opened.move();
  return { views, ports: elasticViewPorts(views, dictionary), close: () => held.disposeAsync() };
};
