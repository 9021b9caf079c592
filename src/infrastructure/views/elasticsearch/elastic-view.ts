import type { estypes } from '@elastic/elasticsearch';
import type { Projection } from '../../../application/projections/projection.js';

/** A projection and what its queries need beside its documents. */
export interface ElasticView<Doc = unknown> {
  readonly projection: Projection<Doc>;
  /** Raised whenever the mapping, the analysis or the fields change. */
  readonly schemaVersion: number;
  /** The fields that queries search, filter or order by; every document has `key` besides. */
  readonly properties: Readonly<Record<string, estypes.MappingProperty>>;
  /** Of those, the ones that are not kept as they came: nobody reads them back. */
  readonly searchedOnly?: ReadonlyArray<string>;
  readonly analysis?: estypes.IndicesIndexSettingsAnalysis;
  /** The values of those fields. */
  fields(document: Doc, key: string): Readonly<Record<string, unknown>>;
}

/** `<projection version>.<schema version>`: names the index. */
export const versionOf = ({ projection, schemaVersion }: ElasticView): string =>
  `${projection.version}.${schemaVersion}`;

/** A stored document of a view, its fields beside. What is removed leaves a tombstone, so that no older event brings it back. */
export interface StoredDocument<Doc = unknown> {
  readonly kind: 'document';
  readonly key: string;
  /** The position of its last event. */
  readonly order: string;
  readonly document: Doc;
}
