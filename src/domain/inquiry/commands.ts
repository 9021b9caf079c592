import type { TypeOf } from 'io-ts';
import { oneOf, record } from '../kernel/codec.js';
import type { Command } from '../kernel/decider.js';
import type { ErasureReason } from '../kernel/erasure.js';
import type { CitizenId, DepartmentCode } from '../kernel/ids.js';
import type { OfficeVerdict } from '../kernel/office.js';
import { Instant } from '../kernel/time.js';
import { contactItems, contactLinks } from './events.js';

/** All seven items of S2; the operator is the actor. */
export const RecordInquiry = record('RecordInquiry', contactItems, contactLinks);
export const AnswerCallback = record('AnswerCallback', { answeredAt: Instant });
export const DiscloseContact = record('DiscloseContact', { purpose: oneOf('callback') });

/** What the handler looked up of the things that a contact names. */
export interface InquiryFacts {
  /** Of the departments named, those that are not open. */
  readonly unknownDepartments: ReadonlyArray<DepartmentCode>;
  readonly articleKnown: boolean;
  readonly callKnown: boolean;
}

export interface CallbackFacts {
  readonly citizen: CitizenId;
  /** The office calendar's verdict of the moment the inquiry was received. */
  readonly office: OfficeVerdict;
  readonly dueAt: Instant;
  readonly eraseAt: Instant;
}

export type InquiryCommand =
  | Command<'RecordInquiry', TypeOf<typeof RecordInquiry>, InquiryFacts>
  /** The contact details themselves go into the citizen's sealed stream and never reach this aggregate. */
  | Command<'RequestCallback', { readonly requestedByCitizen: boolean }, CallbackFacts>
  | Command<'AcknowledgeCallback'>
  | Command<'AnswerCallback', TypeOf<typeof AnswerCallback>>
  | Command<'DiscloseContact', TypeOf<typeof DiscloseContact>>
  | Command<
      'RecordContactErasure',
      { readonly citizen: CitizenId; readonly reason: ErasureReason; readonly erasedAt: Instant }
    >;
