import type { Command } from '../kernel/decider.js';
import type { ErasureFacts, ErasureReason } from '../kernel/erasure.js';
import type { InquiryId } from '../kernel/ids.js';
import type { ContactDetails } from './events.js';

export type CitizenCommand =
  | Command<'CollectContact', { readonly inquiry: InquiryId; readonly contact: ContactDetails }>
  | Command<'BeginContactErasure', { readonly reason: ErasureReason }, ErasureFacts>;
