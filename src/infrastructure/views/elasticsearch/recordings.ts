import type { Page, PageRequest } from '../../../application/ports/page.js';
import {
  RecordingsView,
  type RecordingEntry,
  type RecordingFilter,
} from '../../../application/ports/recordings-view.js';
import { recordings } from '../../../application/projections/recordings.js';
import type { RecordingId } from '../../../domain/kernel/ids.js';
import type { ElasticView } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { between, keysetPage, term } from './keyset-page.js';

/** Recordings (K4, K6, K7) by the moment when they began. */
export const recordingsView: ElasticView<RecordingEntry> = {
  projection: recordings,
  schemaVersion: 1,
  properties: {
    ...Object.fromEntries(['startedAt', 'call', 'recorder', 'dueAt'].map((field) => [field, { type: 'keyword' }])),
    ...Object.fromEntries(['quarantined', 'sensitive', 'destroyed'].map((field) => [field, { type: 'boolean' }])),
  },
  fields: ({ startedAt, call, source, dueAt, sensitive, quarantined, destroyedAt }) => ({
    startedAt,
    call,
    recorder: source.recorder,
    dueAt,
    sensitive,
    quarantined: quarantined !== undefined,
    destroyed: destroyedAt !== undefined,
  }),
};

export class ElasticRecordingsView extends RecordingsView {
  constructor(private readonly views: ElasticViews) {
    super();
  }

  get(id: RecordingId): Promise<RecordingEntry | undefined> {
    return this.views.read('recordings').get(id);
  }

  page({ from, to, dueBefore, ...equal }: RecordingFilter, page: PageRequest): Promise<Page<RecordingEntry>> {
    const filter = [
      ...between('startedAt', from, to),
      ...between('dueAt', undefined, dueBefore),
      ...(['call', 'recorder', 'quarantined', 'sensitive', 'destroyed'] as const).flatMap((field) =>
        term(field, equal[field]),
      ),
    ];
    return keysetPage(this.views.read('recordings'), { field: 'startedAt', order: 'desc', filter }, page);
  }
}
