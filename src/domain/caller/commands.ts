import type { TypeOf } from 'io-ts';
import type { Command } from '../kernel/decider.js';
import type { ErasureFacts, ErasureReason } from '../kernel/erasure.js';
import type { CallerNumbers } from './events.js';

export type CallerNumbers = TypeOf<typeof CallerNumbers>;

export type CallerCommand =
  | Command<'CaptureNumbers', CallerNumbers>
  | Command<'BeginNumbersErasure', { readonly reason: ErasureReason }, ErasureFacts>;
