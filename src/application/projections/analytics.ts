import type { TypeOf } from 'io-ts';
import { CallEnded, CallStarted } from '../../domain/call/events.js';
import { FaqSearchSettled } from '../../domain/faq-search/events.js';
import { InquiryRecorded } from '../../domain/inquiry/events.js';
import type { EventOf } from '../../domain/kernel/event.js';
import type { InquiryId, SiteCode } from '../../domain/kernel/ids.js';
import { epochMs, type Instant } from '../../domain/kernel/time.js';
import { streamName } from '../ports/event-store.js';
import type { Projection } from './projection.js';

type Recorded = TypeOf<typeof InquiryRecorded.data>;

/** What is counted of a contact. */
export interface CountedContact extends Pick<
  Recorded,
  'receivedAt' | 'category' | 'department' | 'handling' | 'scope' | 'faqArticle'
> {
  readonly id: InquiryId;
}

/** A call with the contacts that were recorded for it, so that site and duration meet category; or a contact without call. */
export interface Conversation {
  readonly kind: 'conversation';
  readonly site?: SiteCode;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  readonly contacts: ReadonlyArray<CountedContact>;
}

/** A search of the FAQ that is over. */
export interface SettledSearch extends TypeOf<typeof FaqSearchSettled.data> {
  readonly kind: 'search';
  readonly settledAt: Instant;
}

export type AnalyticsDocument = Conversation | SettledSearch;

const events = [CallStarted, CallEnded, InquiryRecorded, FaqSearchSettled] as const;

/** What is counted (S3, K5, K16); its events may come in any order, the contact before its call too. */
export const analytics: Projection<AnalyticsDocument, EventOf<(typeof events)[number]>> = {
  name: 'analytics',
  version: 1,
  events,
  keys: ({ event, stream }) =>
    event.type === 'InquiryRecorded' && event.data.call !== undefined
      ? [streamName('call', event.data.call)]
      : [stream],
  apply: (document, { event, id, occurredAt }) => {
    if (event.type === 'FaqSearchSettled') return { kind: 'search', settledAt: occurredAt, ...event.data };
    const known: Conversation = document?.kind === 'conversation' ? document : { kind: 'conversation', contacts: [] };
    switch (event.type) {
      case 'CallStarted': {
        const { site, startedAt } = event.data;
        return { ...known, site, startedAt };
      }
      case 'CallEnded':
        return { ...known, endedAt: event.data.endedAt };
      case 'InquiryRecorded': {
        const others = known.contacts.filter((contact) => contact.id !== id);
        return { ...known, contacts: [...others, counted(id as InquiryId, event.data)] };
      }
    }
  },
};

const counted = (id: InquiryId, recorded: Recorded): CountedContact => {
  const { receivedAt, category, department, handling, scope, faqArticle } = recorded;
  const items = { id, receivedAt, category, department, handling, scope };
  return faqArticle === undefined ? items : { ...items, faqArticle };
};

/** When it counts: when the call began, or the contact was received; nothing while neither is known. */
export const momentOf = ({ startedAt, contacts }: Conversation): Instant | undefined =>
  startedAt ?? contacts[0]?.receivedAt;

/** How long the call took, in full seconds; nothing while it has not begun and ended. */
export const secondsOf = ({ startedAt, endedAt }: Conversation): number | undefined =>
  startedAt === undefined || endedAt === undefined
    ? undefined
    : Math.max(0, Math.floor((epochMs(endedAt) - epochMs(startedAt)) / 1_000));
