import { Controller } from '@nestjs/common';
import * as t from 'io-ts';
import { Clock } from '../../../application/ports/clock.js';
import {
  CallbackStatus,
  DepartmentInbox,
  InboxCounts,
  InboxItem,
} from '../../../application/ports/department-inbox.js';
import { record } from '../../../domain/kernel/codec.js';
import { DepartmentCode } from '../../../domain/kernel/ids.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { pageOf, pageRequest, paging } from './pages.js';

const tag = 'Inquiries and callbacks';

const page = operation({
  method: 'get',
  path: '/callbacks',
  tag,
  summary: "A department's inbox (S6), soonest due first",
  description: 'Holds no personal data: open the contact details of an inquiry when you call.',
  query: record('InboxQuery', {}, { department: DepartmentCode, status: CallbackStatus, ...paging }),
  view: 'department-inbox',
  success: { status: 200, description: 'A page.', body: pageOf('InboxPage', InboxItem) },
});

const counts = operation({
  method: 'get',
  path: '/callbacks/counts',
  tag,
  summary: 'How many callbacks wait, were acknowledged, were answered and are overdue, by department',
  view: 'department-inbox',
  success: {
    status: 200,
    description: 'As of now.',
    body: record('InboxCountList', { items: t.readonlyArray(InboxCounts) }),
  },
});

@Controller()
export class CallbacksController {
  constructor(
    private readonly inbox: DepartmentInbox,
    private readonly clock: Clock,
  ) {}

  @Handles(counts)
  async counts(@Input() _: InputOf<typeof counts>) {
    return { items: await this.inbox.counts(this.clock.now()) };
  }

  @Handles(page)
  page(@Input() { query }: InputOf<typeof page>) {
    const { limit, after, ...filter } = query;
    return this.inbox.page(filter, pageRequest(query), this.clock.now());
  }
}
