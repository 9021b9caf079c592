import { Directory, type DepartmentEntry, type StaffEntry } from '../../../application/ports/directory.js';
import { directory, type DirectoryDocument } from '../../../application/projections/directory.js';
import type { ElasticView } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { keysetPage } from './keyset-page.js';

/** Departments and staff: some hundreds. */
export const directoryView: ElasticView<DirectoryDocument> = {
  projection: directory,
  schemaVersion: 1,
  properties: { entry: { type: 'keyword' } },
  fields: ({ kind }) => ({ entry: kind }),
};

const PAGE = 1_000;

export class ElasticDirectory extends Directory {
  constructor(private readonly views: ElasticViews) {
    super();
  }

  departments(): Promise<ReadonlyArray<DepartmentEntry>> {
    return this.#entries('department');
  }

  staff(): Promise<ReadonlyArray<StaffEntry>> {
    return this.#entries('staff');
  }

  async #entries<Entry>(kind: DirectoryDocument['kind']): Promise<ReadonlyArray<Entry>> {
    const reader = this.views.read('directory');
    const listing = { field: 'entry', order: 'asc', filter: [{ term: { entry: kind } }] } as const;
    const entries: Entry[] = [];
    let page = await keysetPage<DirectoryDocument>(reader, listing, { limit: PAGE });
    for (;;) {
      entries.push(...page.items.map(({ entry }) => entry as Entry));
      if (page.next === undefined) return entries;
      page = await keysetPage<DirectoryDocument>(reader, listing, { limit: PAGE, after: page.next });
    }
  }
}
