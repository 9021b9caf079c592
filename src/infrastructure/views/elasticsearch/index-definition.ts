import type { estypes } from '@elastic/elasticsearch';
import type { Cluster } from './client.js';
import { versionOf, type ElasticView } from './elastic-view.js';

/** The document in which an index keeps where it stands; no key begins so. */
export const CHECKPOINT = '.checkpoint';

/** What every index holds beside the fields of its view; what is only kept is not indexed. */
const envelope: Readonly<Record<string, estypes.MappingProperty>> = {
  kind: { type: 'keyword' },
  key: { type: 'keyword' },
  order: { type: 'keyword', index: false, doc_values: false },
  document: { type: 'object', enabled: false },
  checkpoint: { type: 'object', enabled: false },
};

/** What an alias shows: no tombstone, and not the checkpoint. */
export const shownDocuments = { term: { kind: 'document' } } as const;

export const aliasOf = (prefix: string, view: string): string => `${prefix}-${view}`;

/** All indices of a view, of any version. */
export const indicesOf = (prefix: string, view: string): string => `${prefix}-${view}-v*`;

export interface IndexName {
  readonly version: string;
  /** The moment when it was begun, in milliseconds. */
  readonly generation: number;
}

export const indexName = (prefix: string, view: string, { version, generation }: IndexName): string =>
  `${prefix}-${view}-v${version}-${generation}`;

/**
 * The name of an index that is begun now, after the last one of its version. No name comes again: what was said to a lost
 * index and arrives late must not find another in its place, whose documents have the same sequence numbers.
 */
export const newIndexName = (prefix: string, view: string, version: string, last: IndexName | undefined): string =>
  indexName(prefix, view, { version, generation: Math.max(Date.now(), (last?.generation ?? 0) + 1) });

export const parseIndexName = (prefix: string, view: string, index: string): IndexName | undefined => {
  const beginning = `${prefix}-${view}-v`;
  const match = index.startsWith(beginning) ? /^(\d+\.\d+)-(\d+)$/.exec(index.slice(beginning.length)) : null;
  return match === null ? undefined : { version: match[1]!, generation: Number(match[2]) };
};

/** Whether an index comes before another: by version, then by generation. */
export const compareIndices = (a: IndexName, b: IndexName): number => {
  const [projection, schema] = a.version.split('.').map(Number);
  const [otherProjection, otherSchema] = b.version.split('.').map(Number);
  return projection! - otherProjection! || schema! - otherSchema! || a.generation - b.generation;
};

/**
 * The template of a view's indices. A field that the mapping does not name is refused, never guessed, and no write
 * creates an index: it would come to one that is lost.
 */
export const putTemplate = async (
  { client, prefix }: Cluster,
  view: ElasticView,
  version = versionOf(view),
): Promise<void> => {
  const name = `${prefix}-${view.projection.name}-v${version}`;
  await client.indices.putIndexTemplate({
    name,
    index_patterns: [`${name}-*`],
    priority: 500,
    allow_auto_create: false,
    template: {
      settings: {
        number_of_shards: 1,
        auto_expand_replicas: '0-1',
        refresh_interval: '1s',
        // Listed by keyset: no reader goes deeper than a page.
        max_result_window: 10_000,
        ...(view.analysis !== undefined && { analysis: view.analysis }),
      },
      mappings: {
        dynamic: 'strict',
        properties: { ...envelope, ...view.properties },
        ...(view.searchedOnly !== undefined && { _source: { excludes: [...view.searchedOnly] } }),
      },
    },
    _meta: { managed_by: 'madoguchi' },
  });
};
