import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createdId } from '../../../application/aggregates/ids.js';
import { EraseRequest } from '../../../application/erasure/erase-request.js';
import { EraseContact } from '../../../application/erasure/erase-contact.js';
import * as Use from '../../../application/inquiry/commands.js';
import { DiscloseContact } from '../../../application/inquiry/disclose-contact.js';
import { CallbackRequest, RequestCallback } from '../../../application/inquiry/request-callback.js';
import { Contact, ContactHistory } from '../../../application/ports/contact-history.js';
import { ContactDetails } from '../../../domain/citizen/events.js';
import * as Inquiry from '../../../domain/inquiry/commands.js';
import { Handling, Scope } from '../../../domain/inquiry/events.js';
import { record } from '../../../domain/kernel/codec.js';
import { ArticleId, CallId, CategoryCode, DepartmentCode, InquiryId, StaffId } from '../../../domain/kernel/ids.js';
import { Instant } from '../../../domain/kernel/time.js';
import { Done } from '../answer.js';
import { found } from '../found.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { pageOf, pageRequest, paging } from './pages.js';

const id = record('InquiryPath', { id: InquiryId });
const tag = 'Inquiries and callbacks';
const done = { status: 200, description: 'Done.', body: Done } as const;

const page = operation({
  method: 'get',
  path: '/inquiries',
  tag,
  summary: 'The contact history (対応履歴, S2), latest received first',
  query: record(
    'ContactHistoryQuery',
    {},
    {
      from: Instant,
      to: Instant,
      category: CategoryCode,
      department: DepartmentCode,
      operator: StaffId,
      handling: Handling,
      scope: Scope,
      call: CallId,
      faqArticle: ArticleId,
      ...paging,
    },
  ),
  view: 'contact-history',
  success: { status: 200, description: 'A page.', body: pageOf('ContactPage', Contact) },
});

const get = operation({
  method: 'get',
  path: '/inquiries/:id',
  tag,
  summary: 'One contact',
  params: id,
  view: 'contact-history',
  etag: true,
  success: { status: 200, description: 'The contact.', body: Contact },
});

const recordInquiry = operation({
  method: 'post',
  path: '/inquiries',
  tag,
  summary: 'Record a contact, without personal data (S2-S4)',
  description: 'All seven items of the contact history; the operator is the bearer of the token.',
  body: Inquiry.RecordInquiry,
  command: true,
  success: { status: 201, description: 'Recorded.', body: Done },
});

const requestCallback = operation({
  method: 'post',
  path: '/inquiries/:id/callback',
  tag,
  summary: 'Take contact details for a later answer (S5)',
  description:
    'Only when the office was closed, the matter is out of scope, and the citizen asks for it. The details lie in a stream of their own, sealed under a key of its own.',
  params: id,
  body: CallbackRequest,
  command: true,
  success: { status: 201, description: 'Both halves are on disk.', body: Done },
});

const acknowledge = operation({
  method: 'post',
  path: '/inquiries/:id/callback/acknowledge',
  tag,
  summary: 'The department has seen the request (S6)',
  params: id,
  command: true,
  ifMatch: true,
  success: done,
});

const answer = operation({
  method: 'post',
  path: '/inquiries/:id/callback/answer',
  tag,
  summary: 'The department has called the citizen back (S6)',
  params: id,
  body: Inquiry.AnswerCallback,
  command: true,
  ifMatch: true,
  success: done,
});

const disclose = operation({
  method: 'post',
  path: '/inquiries/:id/callback/disclosures',
  tag,
  summary: 'Open the contact details; who opened them is on disk before they leave',
  params: id,
  body: Inquiry.DiscloseContact,
  command: true,
  success: {
    status: 201,
    description: 'The details, and the record of their disclosure.',
    body: record('DisclosedContact', { ...Done.required, content: ContactDetails }),
  },
});

const erase = operation({
  method: 'post',
  path: '/inquiries/:id/callback/erasure',
  tag,
  summary: 'Have the contact details erased: their key is destroyed (S7)',
  params: id,
  body: EraseRequest,
  command: true,
  success: { status: 202, description: 'The fence stands; the key is destroyed behind it.', body: Done },
});

@Controller()
export class InquiriesController {
  constructor(
    private readonly bus: CommandBus,
    private readonly history: ContactHistory,
  ) {}

  @Handles(page)
  page(@Input() { query }: InputOf<typeof page>) {
    const { limit, after, ...filter } = query;
    return this.history.page(filter, pageRequest(query));
  }

  @Handles(get)
  async get(@Input() { params }: InputOf<typeof get>) {
    return found(await this.history.get(params.id), 'inquiry');
  }

  @Handles(recordInquiry)
  record(@Input() { body, request }: Input & InputOf<typeof recordInquiry>) {
    return this.bus.execute(new Use.RecordInquiry(createdId(request.commandId, 'inquiry'), body, request));
  }

  @Handles(requestCallback)
  requestCallback(@Input() { params, body, request }: Input & InputOf<typeof requestCallback>) {
    return this.bus.execute(new RequestCallback(params.id, body, request));
  }

  @Handles(acknowledge)
  acknowledge(@Input() { params, request }: Input & InputOf<typeof acknowledge>) {
    return this.bus.execute(new Use.AcknowledgeCallback(params.id, {}, request));
  }

  @Handles(answer)
  answer(@Input() { params, body, request }: Input & InputOf<typeof answer>) {
    return this.bus.execute(new Use.AnswerCallback(params.id, body, request));
  }

  @Handles(disclose)
  disclose(@Input() { params, body, request }: Input & InputOf<typeof disclose>) {
    return this.bus.execute(new DiscloseContact(params.id, body, request));
  }

  @Handles(erase)
  erase(@Input() { params, body, request }: Input & InputOf<typeof erase>) {
    return this.bus.execute(new EraseContact(params.id, body, request));
  }
}
