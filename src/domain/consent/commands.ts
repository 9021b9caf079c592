import type { TypeOf } from 'io-ts';
import { record } from '../kernel/codec.js';
import type { Command } from '../kernel/decider.js';
import type { EmergencyId } from '../kernel/ids.js';
import { Instant } from '../kernel/time.js';

export const AnnounceRecording = record('AnnounceRecording', { announcedAt: Instant });
export const DeclineRecording = record('DeclineRecording', { declinedAt: Instant });
export const WithdrawConsent = record('WithdrawConsent', { withdrawnAt: Instant });

/** What the handler looked up: whether there is such a call. */
export interface CallFact {
  readonly callKnown: boolean;
}

/** And the declaration in force at the call's site when it began, if there was one. */
export interface EmergencyFact extends CallFact {
  readonly emergency?: EmergencyId;
}

export type ConsentCommand =
  | Command<'AnnounceRecording', TypeOf<typeof AnnounceRecording>, CallFact>
  | Command<'DeclineRecording', TypeOf<typeof DeclineRecording>, CallFact>
  | Command<'WithdrawConsent', TypeOf<typeof WithdrawConsent>, CallFact>
  | Command<'ExemptAnnouncement', Readonly<Record<never, never>>, EmergencyFact>;
