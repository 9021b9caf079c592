import { Directory, type DepartmentEntry, type StaffEntry } from '../../../application/ports/directory.js';
import { directory, type DirectoryDocument } from '../../../application/projections/directory.js';
import { prepared } from './prepared.js';
import type { SqliteView } from './sqlite-view.js';
import type { SqliteViews } from './sqlite-views.js';

/** Departments and staff: some hundreds. */
export const directoryView: SqliteView<DirectoryDocument> = {
  projection: directory,
  schemaVersion: 1,
  columns: ["kind TEXT AS (document ->> 'kind')"],
  schema: ['CREATE INDEX documents_kind ON documents (kind, key)'],
};

export class SqliteDirectory extends Directory {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async departments(): Promise<ReadonlyArray<DepartmentEntry>> {
    return this.#entries<DepartmentEntry>('department');
  }

  async staff(): Promise<ReadonlyArray<StaffEntry>> {
    return this.#entries<StaffEntry>('staff');
  }

  #entries<Entry>(kind: DirectoryDocument['kind']): ReadonlyArray<Entry> {
    const sql = "SELECT document ->> 'entry' AS entry FROM documents WHERE kind = ? ORDER BY key";
    const rows = prepared(this.views.read('directory'), sql).all(kind);
    return rows.map(({ entry }) => JSON.parse(entry as string) as Entry);
  }
}
