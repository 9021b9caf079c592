import type { TypeOf } from 'io-ts';
import { contactItems } from '../../domain/inquiry/events.js';
import { flag, integer, oneOf, record } from '../../domain/kernel/codec.js';
import { CallId, CitizenId, DepartmentCode, InquiryId, StaffId } from '../../domain/kernel/ids.js';
import { Instant } from '../../domain/kernel/time.js';
import type { Page, PageRequest } from './page.js';

export const CallbackStatus = oneOf('waiting', 'acknowledged', 'answered');
export type CallbackStatus = TypeOf<typeof CallbackStatus>;

const required = {
  inquiry: InquiryId,
  summary: contactItems.summary,
  category: contactItems.category,
  scope: contactItems.scope,
  receivedAt: Instant,
  citizen: CitizenId,
  department: DepartmentCode,
  requestedAt: Instant,
  /** In the department's office hours. */
  dueAt: Instant,
  eraseAt: Instant,
  status: CallbackStatus,
  /** Of its stream: what If-Match names. */
  revision: integer(0, Number.MAX_SAFE_INTEGER),
};

const optional = {
  call: CallId,
  acknowledgedAt: Instant,
  acknowledgedBy: StaffId,
  answeredAt: Instant,
  answeredBy: StaffId,
  /** When the contact details were erased. */
  erasedAt: Instant,
};

/** A citizen's request for a later answer, as its department sees it (S5, S6). */
export const Callback = record('Callback', required, optional);
export type Callback = TypeOf<typeof Callback>;

/** `overdue`: not answered, and due before the moment asked about. */
export const InboxItem = record('InboxItem', { ...required, overdue: flag }, optional);
export type InboxItem = TypeOf<typeof InboxItem>;

const count = integer(0, Number.MAX_SAFE_INTEGER);

/** The callbacks of a department; the overdue ones are among those waiting and acknowledged. */
export const InboxCounts = record('InboxCounts', {
  department: DepartmentCode,
  waiting: count,
  acknowledged: count,
  answered: count,
  overdue: count,
});
export type InboxCounts = TypeOf<typeof InboxCounts>;

/** All that is given must hold. */
export interface InboxFilter {
  readonly department?: DepartmentCode;
  readonly status?: CallbackStatus;
}

/** Port: callbacks that departments owe (S6). Throws `ViewUnavailable`. */
export abstract class DepartmentInbox {
  abstract get(inquiry: InquiryId, now: Instant): Promise<InboxItem | undefined>;

  /** Soonest due first. Throws `BadCursor`. */
  abstract page(filter: InboxFilter, page: PageRequest, now: Instant): Promise<Page<InboxItem>>;

  /** Of each department that ever had one. */
  abstract counts(now: Instant): Promise<ReadonlyArray<InboxCounts>>;

  /** Over all departments, for health and metrics. */
  abstract overdueCount(now: Instant): Promise<number>;
}
