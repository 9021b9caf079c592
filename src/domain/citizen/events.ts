import type { TypeOf } from 'io-ts';
import { pattern, record, text } from '../kernel/codec.js';
import { ErasureReason } from '../kernel/erasure.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { InquiryId } from '../kernel/ids.js';

type EmailAddress = string & { readonly EmailAddress: unique symbol };
/** Visible ASCII around one `@`, with a dot after it. */
const EmailAddress = pattern<EmailAddress>('an e-mail address', /^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$/, {
  format: 'email',
  maxLength: 254,
});
type Telephone = string & { readonly Telephone: unique symbol };
const Telephone = pattern<Telephone>('a telephone number', /^\+?[0-9][0-9-]{5,23}$/, {
  maxLength: 25,
  examples: ['03-0000-0001'],
});

/**
 * What is taken for one callback and no more (S5): name, telephone number reachable in office hours, address, content
 * of the inquiry; e-mail and fax only where needed (必要な場合のみ), with the reason. Sealed.
 */
export const ContactDetails = record(
  'ContactDetails',
  {
    name: text(100),
    phone: Telephone,
    address: text(300),
    content: text(2000, 'What the citizen asks.'),
  },
  {
    email: record('EmailWithReason', { address: EmailAddress, reason: text(200, 'Why it is needed.') }),
    fax: record('FaxWithReason', { number: Telephone, reason: text(200, 'Why it is needed.') }),
  },
);
export type ContactDetails = TypeOf<typeof ContactDetails>;

export const ContactCollected = defineEvent(
  'ContactCollected',
  record('ContactCollected', { inquiry: InquiryId, contact: ContactDetails }),
);
/** The fence before the key is destroyed: whoever appends at the same time meets a conflict. */
export const ContactErasureBegun = defineEvent(
  'ContactErasureBegun',
  record('ContactErasureBegun', { reason: ErasureReason }),
);

export const citizenEvents = [ContactCollected, ContactErasureBegun] as const;
export type CitizenEvent = EventOf<(typeof citizenEvents)[number]>;
