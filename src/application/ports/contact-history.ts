import type { TypeOf } from 'io-ts';
import { contactItems, contactLinks, type Handling, type Scope } from '../../domain/inquiry/events.js';
import { integer, record } from '../../domain/kernel/codec.js';
import {
  CitizenId,
  InquiryId,
  StaffId,
  type ArticleId,
  type CallId,
  type CategoryCode,
  type DepartmentCode,
} from '../../domain/kernel/ids.js';
import { Instant } from '../../domain/kernel/time.js';
import { CallbackStatus } from './department-inbox.js';
import type { Page, PageRequest } from './page.js';

/** What became of a contact that asked for a later answer; the details are resolved when an entitled person opens them. */
const ContactCallback = record(
  'ContactCallback',
  { citizen: CitizenId, dueAt: Instant, eraseAt: Instant, status: CallbackStatus },
  { erasedAt: Instant },
);

/** One contact: the seven items of S2 and what hangs on them, by reference. */
export const Contact = record(
  'Contact',
  {
    id: InquiryId,
    ...contactItems,
    operator: StaffId,
    /** Of its stream: what If-Match names. */
    revision: integer(0, Number.MAX_SAFE_INTEGER),
  },
  { ...contactLinks, callback: ContactCallback },
);
export type Contact = TypeOf<typeof Contact>;

/** All that is given must hold. */
export interface ContactFilter {
  /** Received at this moment or later. */
  readonly from?: Instant;
  /** Received before this moment. */
  readonly to?: Instant;
  readonly category?: CategoryCode;
  /** The responsible one, a related one, or the one transferred to. */
  readonly department?: DepartmentCode;
  readonly operator?: StaffId;
  readonly handling?: Handling;
  readonly scope?: Scope;
  readonly call?: CallId;
  readonly faqArticle?: ArticleId;
}

/** Port: the contact history (対応履歴, S2). Throws `ViewUnavailable`. */
export abstract class ContactHistory {
  abstract get(id: InquiryId): Promise<Contact | undefined>;

  /** Latest received first. Throws `BadCursor`. */
  abstract page(filter: ContactFilter, page: PageRequest): Promise<Page<Contact>>;
}
