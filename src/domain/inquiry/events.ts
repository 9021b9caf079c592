import type { TypeOf } from 'io-ts';
import { list, oneOf, record, text } from '../kernel/codec.js';
import { ErasureReason } from '../kernel/erasure.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { ArticleId, CallId, CategoryCode, CitizenId, DepartmentCode, StaffId } from '../kernel/ids.js';
import { OfficeVerdict } from '../kernel/office.js';
import { Instant } from '../kernel/time.js';

/** Whether the call centre may answer; the four kinds out of scope (S4). */
export const Scope = oneOf('in-scope', 'complaint', 'specialised', 'identity-check', 'personal-data');
export type Scope = TypeOf<typeof Scope>;
/** Handling type (対応区分). */
export const Handling = oneOf('answered', 'transferred', 'referred', 'callback');
export type Handling = TypeOf<typeof Handling>;

/** The contact history's items (対応履歴, S2); received at and operator join them on the event. */
export const contactItems = {
  summary: text(2000, 'What was asked (問合せ内容), without personal data.'),
  answer: text(2000, 'What was answered (回答内容), without personal data.'),
  category: CategoryCode,
  department: DepartmentCode,
  relatedDepartments: list(DepartmentCode, 10),
  handling: Handling,
  receivedAt: Instant,
  scope: Scope,
};
export const contactLinks = { transferredTo: DepartmentCode, faqArticle: ArticleId, call: CallId };

export const InquiryRecorded = defineEvent(
  'InquiryRecorded',
  record('InquiryRecorded', { ...contactItems, operator: StaffId }, contactLinks),
);
/** The shared half of a callback; the personal half lies in `citizen-<citizen>` (S5). */
export const CallbackRequested = defineEvent(
  'CallbackRequested',
  record('CallbackRequested', {
    citizen: CitizenId,
    department: DepartmentCode,
    requestedAt: Instant,
    office: OfficeVerdict,
    dueAt: Instant,
    eraseAt: Instant,
  }),
);
export const CallbackAcknowledged = defineEvent('CallbackAcknowledged', record('CallbackAcknowledged', {}));
export const CallbackAnswered = defineEvent('CallbackAnswered', record('CallbackAnswered', { answeredAt: Instant }));
/** Stored before the details leave: who saw them stands in the event's metadata. */
export const ContactDisclosed = defineEvent(
  'ContactDisclosed',
  record('ContactDisclosed', { purpose: oneOf('callback') }),
);
export const ContactErased = defineEvent(
  'ContactErased',
  record('ContactErased', {
    citizen: CitizenId,
    reason: ErasureReason,
    erasedAt: Instant,
  }),
);

export const inquiryEvents = [
  InquiryRecorded,
  CallbackRequested,
  CallbackAcknowledged,
  CallbackAnswered,
  ContactDisclosed,
  ContactErased,
] as const;
export type InquiryEvent = EventOf<(typeof inquiryEvents)[number]>;
