import {
  DepartmentInbox,
  type Callback,
  type InboxCounts,
  type InboxFilter,
  type InboxItem,
} from '../../../application/ports/department-inbox.js';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import { asOf, departmentInbox, type InboxDocument } from '../../../application/projections/department-inbox.js';
import type { InquiryId } from '../../../domain/kernel/ids.js';
import type { Instant } from '../../../domain/kernel/time.js';
import type { ElasticView } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { keysetPage, term } from './keyset-page.js';

/** Callbacks that departments owe (S6), by the moment when they are due. */
export const departmentInboxView: ElasticView<InboxDocument> = {
  projection: departmentInbox,
  schemaVersion: 1,
  properties: { department: { type: 'keyword' }, status: { type: 'keyword' }, dueAt: { type: 'keyword' } },
  fields: (document) =>
    document.status === 'announced'
      ? { status: document.status }
      : { status: document.status, department: document.department, dueAt: document.dueAt },
};

/** More departments than any city has. */
const DEPARTMENTS = 10_000;

const overdue = (now: Instant) => ({
  bool: { filter: [{ terms: { status: ['waiting', 'acknowledged'] } }, { range: { dueAt: { lt: now } } }] },
});

interface DepartmentBucket {
  readonly key: string;
  readonly by: { readonly buckets: Readonly<Record<keyof Omit<InboxCounts, 'department'>, { doc_count: number }>> };
}

export class ElasticDepartmentInbox extends DepartmentInbox {
  constructor(private readonly views: ElasticViews) {
    super();
  }

  async get(inquiry: InquiryId, now: Instant): Promise<InboxItem | undefined> {
    const document = await this.views.read('department-inbox').get<InboxDocument>(inquiry);
    return document === undefined || document.status === 'announced' ? undefined : asOf(document, now);
  }

  async page({ department, status }: InboxFilter, request: PageRequest, now: Instant): Promise<Page<InboxItem>> {
    // Only what was requested is due at all.
    const filter = [{ exists: { field: 'dueAt' } }, ...term('department', department), ...term('status', status)];
    const listing = { field: 'dueAt', order: 'asc', filter } as const;
    const page = await keysetPage<Callback>(this.views.read('department-inbox'), listing, request);
    return { ...page, items: page.items.map((callback) => asOf(callback, now)) };
  }

  async counts(now: Instant): Promise<ReadonlyArray<InboxCounts>> {
    const status = (is: string) => ({ term: { status: is } });
    const filters = {
      waiting: status('waiting'),
      acknowledged: status('acknowledged'),
      answered: status('answered'),
      overdue: overdue(now),
    };
    const { aggregations } = await this.views.read('department-inbox').search({
      size: 0,
      aggs: {
        departments: {
          terms: { field: 'department', size: DEPARTMENTS, order: { _key: 'asc' } },
          aggs: { by: { filters: { filters } } },
        },
      },
    });
    const { buckets } = aggregations!['departments'] as unknown as { buckets: ReadonlyArray<DepartmentBucket> };
    return buckets.map(({ key, by }) => ({
      department: key as InboxCounts['department'],
      waiting: by.buckets.waiting.doc_count,
      acknowledged: by.buckets.acknowledged.doc_count,
      answered: by.buckets.answered.doc_count,
      overdue: by.buckets.overdue.doc_count,
    }));
  }

  async overdueCount(now: Instant): Promise<number> {
    const { hits } = await this.views
      .read('department-inbox')
      .search({ size: 0, query: overdue(now), track_total_hits: true });
    return (hits.total as { value: number }).value;
  }
}
