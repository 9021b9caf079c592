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
import { documentOf } from './documents.js';
import { condition, keysetPage, whenGiven } from './keyset-page.js';
import { prepared } from './prepared.js';
import type { SqliteView } from './sqlite-view.js';
import type { SqliteViews } from './sqlite-views.js';

/** Callbacks that departments owe (S6), by the moment when they are due. */
export const departmentInboxView: SqliteView<InboxDocument> = {
  projection: departmentInbox,
  schemaVersion: 1,
  columns: ['department', 'status', 'dueAt'].map((name) => `${name} TEXT AS (document ->> '${name}')`),
  schema: [
    'CREATE INDEX documents_dueAt ON documents (dueAt, key)',
    'CREATE INDEX documents_department ON documents (department, status, dueAt, key)',
    'CREATE INDEX documents_status ON documents (status, dueAt, key)',
  ],
};

const OWED = "status IN ('waiting', 'acknowledged')";

export class SqliteDepartmentInbox extends DepartmentInbox {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async get(inquiry: InquiryId, now: Instant): Promise<InboxItem | undefined> {
    const document = documentOf<InboxDocument>(this.views.read('department-inbox'), inquiry);
    return document === undefined || document.status === 'announced' ? undefined : asOf(document, now);
  }

  async page({ department, status }: InboxFilter, request: PageRequest, now: Instant): Promise<Page<InboxItem>> {
    const where = [
      // Only what was requested is due at all.
      condition('dueAt IS NOT NULL'),
      ...whenGiven('department = ?', department),
      ...whenGiven('status = ?', status),
    ];
    const listing = { from: 'documents', column: 'dueAt', key: 'key', order: 'ASC', where } as const;
    const page = keysetPage<Callback>(this.views.read('department-inbox'), listing, request);
    return { ...page, items: page.items.map((callback) => asOf(callback, now)) };
  }

  async counts(now: Instant): Promise<ReadonlyArray<InboxCounts>> {
    const sql = `SELECT department,
        count(*) FILTER (WHERE status = 'waiting') AS waiting,
        count(*) FILTER (WHERE status = 'acknowledged') AS acknowledged,
        count(*) FILTER (WHERE status = 'answered') AS answered,
        count(*) FILTER (WHERE ${OWED} AND dueAt < ?) AS overdue
      FROM documents WHERE department IS NOT NULL GROUP BY department ORDER BY department`;
    const rows = prepared(this.views.read('department-inbox'), sql).all(now);
    return rows.map((row) => ({ ...row }) as unknown as InboxCounts);
  }

  async overdueCount(now: Instant): Promise<number> {
    const sql = `SELECT count(*) AS overdue FROM documents WHERE ${OWED} AND dueAt < ?`;
    return prepared(this.views.read('department-inbox'), sql).get(now)!['overdue'] as number;
  }
}
