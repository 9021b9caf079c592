import type { DatabaseSync } from 'node:sqlite';
import type { Projection } from '../../../application/projections/projection.js';

/** What a view keeps beside its documents, changed in the same transaction. `id` is the document's row. */
export interface DocumentIndex<Doc> {
  put(id: number, key: string, document: Doc): void;
  remove(id: number): void;
  /** Once, when a build has ended. */
  optimise?(): void;
}

/** A projection and the tables that its queries need. */
export interface SqliteView<Doc = unknown> {
  readonly projection: Projection<Doc>;
  /** Raised whenever the tables or what is written into them change. */
  readonly schemaVersion: number;
  /** Columns of `documents` taken from the JSON, such as `dueAt TEXT AS (document ->> 'dueAt')`. */
  readonly columns: ReadonlyArray<string>;
  /** Statements for indexes and further tables. */
  readonly schema: ReadonlyArray<string>;
  index?(db: DatabaseSync): DocumentIndex<Doc>;
}

/** `<projection version>.<schema version>`. */
export const versionOf = ({ projection, schemaVersion }: SqliteView): string =>
  `${projection.version}.${schemaVersion}`;
