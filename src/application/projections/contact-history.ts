import { inquiryEvents, type InquiryEvent } from '../../domain/inquiry/events.js';
import type { InquiryId } from '../../domain/kernel/ids.js';
import type { Contact } from '../ports/contact-history.js';
import type { Projection } from './projection.js';

type Callback = NonNullable<Contact['callback']>;

/** The contact history (対応履歴, S2): one document an inquiry. */
export const contactHistory: Projection<Contact, InquiryEvent> = {
  name: 'contact-history',
  version: 1,
  events: inquiryEvents,
  keys: ({ id }) => [id],
  apply: (contact, { event, id, revision }) => {
    if (event.type === 'InquiryRecorded') return { id: id as InquiryId, ...event.data, revision };
    if (contact === undefined) return undefined;
    const after = callbackAfter(contact.callback, event);
    return { ...contact, revision, ...(after !== undefined && { callback: after }) };
  },
};

const callbackAfter = (
  callback: Callback | undefined,
  event: Exclude<InquiryEvent, { type: 'InquiryRecorded' }>,
): Callback | undefined => {
  if (event.type === 'CallbackRequested') {
    const { citizen, dueAt, eraseAt } = event.data;
    return { citizen, dueAt, eraseAt, status: 'waiting' };
  }
  if (callback === undefined) return undefined;
  switch (event.type) {
    case 'CallbackAcknowledged':
      return { ...callback, status: 'acknowledged' };
    case 'CallbackAnswered':
      return { ...callback, status: 'answered' };
    case 'ContactErased':
      return { ...callback, erasedAt: event.data.erasedAt };
    case 'ContactDisclosed':
      return callback;
  }
};
