import type { Page, PageRequest } from '../../../application/ports/page.js';
import {
  RecordingsView,
  type RecordingEntry,
  type RecordingFilter,
} from '../../../application/ports/recordings-view.js';
import { recordings } from '../../../application/projections/recordings.js';
import type { RecordingId } from '../../../domain/kernel/ids.js';
import { documentOf } from './documents.js';
import { condition, keysetPage, whenGiven } from './keyset-page.js';
import type { SqliteView } from './sqlite-view.js';
import type { SqliteViews } from './sqlite-views.js';

/** Recordings by the moment when they began (K4, K7). */
export const recordingsView: SqliteView<RecordingEntry> = {
  projection: recordings,
  schemaVersion: 1,
  columns: [
    ...['call', 'startedAt', 'dueAt', 'quarantined', 'destroyedAt'].map(
      (name) => `${name} TEXT AS (document ->> '${name}')`,
    ),
    "recorder TEXT AS (document ->> '$.source.recorder')",
    "sensitive INTEGER AS (document ->> 'sensitive')",
  ],
  schema: [
    'CREATE INDEX documents_startedAt ON documents (startedAt, key)',
    'CREATE INDEX documents_call ON documents (call, startedAt, key)',
    // Those that somebody must look at are few.
    'CREATE INDEX documents_quarantined ON documents (startedAt, key) WHERE quarantined IS NOT NULL',
    'CREATE INDEX documents_sensitive ON documents (startedAt, key) WHERE sensitive = 1',
    'CREATE INDEX documents_dueAt ON documents (dueAt) WHERE destroyedAt IS NULL',
  ],
};

const present = (column: string, is: boolean | undefined) =>
  is === undefined ? [] : [condition(`${column} IS ${is ? 'NOT NULL' : 'NULL'}`)];

export class SqliteRecordingsView extends RecordingsView {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async get(id: RecordingId): Promise<RecordingEntry | undefined> {
    return documentOf<RecordingEntry>(this.views.read('recordings'), id);
  }

  async page(filter: RecordingFilter, page: PageRequest): Promise<Page<RecordingEntry>> {
    const where = [
      ...whenGiven('startedAt >= ?', filter.from),
      ...whenGiven('startedAt < ?', filter.to),
      ...whenGiven('call = ?', filter.call),
      ...whenGiven('recorder = ?', filter.recorder),
      ...present('quarantined', filter.quarantined),
      ...(filter.sensitive === undefined ? [] : [condition(`sensitive = ${filter.sensitive ? 1 : 0}`)]),
      ...present('destroyedAt', filter.destroyed),
      ...whenGiven('dueAt < ?', filter.dueBefore),
    ];
    const listing = { from: 'documents', column: 'startedAt', key: 'key', order: 'DESC', where } as const;
    return keysetPage<RecordingEntry>(this.views.read('recordings'), listing, page);
  }
}
