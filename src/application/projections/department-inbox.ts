import { inquiryEvents, type InquiryEvent } from '../../domain/inquiry/events.js';
import type { InquiryId } from '../../domain/kernel/ids.js';
import type { Instant } from '../../domain/kernel/time.js';
import type { Callback, InboxItem } from '../ports/department-inbox.js';
import type { Projection } from './projection.js';

/** A contact that will have a callback; no inbox shows it before the callback was requested. */
type Announced = Pick<Callback, 'inquiry' | 'summary' | 'category' | 'scope' | 'receivedAt' | 'call'> & {
  readonly status: 'announced';
};

export type InboxDocument = Callback | Announced;

/** A callback as it stands at a moment. */
export const asOf = (callback: Callback, now: Instant): InboxItem => ({
  ...callback,
  overdue: callback.status !== 'answered' && callback.dueAt < now,
});

/** Callbacks that departments owe (S5, S6): one document an inquiry that was recorded with one. */
export const departmentInbox: Projection<InboxDocument, InquiryEvent> = {
  name: 'department-inbox',
  version: 1,
  events: inquiryEvents,
  keys: ({ id }) => [id],
  apply: (document, { event, id, revision, occurredAt, actor }) => {
    if (event.type === 'InquiryRecorded') {
      if (event.data.handling !== 'callback') return undefined;
      const { summary, category, scope, receivedAt, call } = event.data;
      const contact = { inquiry: id as InquiryId, summary, category, scope, receivedAt };
      return { ...contact, ...(call !== undefined && { call }), status: 'announced' };
    }
    if (document === undefined) return undefined;
    if (event.type === 'CallbackRequested') {
      const { citizen, department, requestedAt, dueAt, eraseAt } = event.data;
      return { ...document, citizen, department, requestedAt, dueAt, eraseAt, status: 'waiting', revision };
    }
    if (document.status === 'announced') return document;
    switch (event.type) {
      case 'CallbackAcknowledged': {
        const acknowledged = { acknowledgedAt: occurredAt, acknowledgedBy: actor.subject };
        return { ...document, ...acknowledged, status: 'acknowledged', revision };
      }
      case 'CallbackAnswered': {
        const answered = { answeredAt: event.data.answeredAt, answeredBy: actor.subject };
        return { ...document, ...answered, status: 'answered', revision };
      }
      case 'ContactErased':
        return { ...document, erasedAt: event.data.erasedAt, revision };
      case 'ContactDisclosed':
        return { ...document, revision };
    }
  },
};
