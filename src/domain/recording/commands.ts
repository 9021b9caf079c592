import type { TypeOf } from 'io-ts';
import { record } from '../kernel/codec.js';
import type { Command } from '../kernel/decider.js';

import {
  DestructionReason,
  type QuarantineReason as QuarantineReasonCodec,
  SensitiveGround,
  type RecordingEvent,
} from './events.js';
import { AnalysisPurpose } from '../kernel/purpose.js';
import type { Instant, Period } from '../kernel/time.js';

export type QuarantineReason = TypeOf<typeof QuarantineReasonCodec>;
type Registered = Extract<RecordingEvent, { type: 'RecordingRegistered' }>['data'];
export type RegisterRecording = Omit<Registered, 'retention' | 'dueAt'>;

export type ReportLost = Extract<RecordingEvent, { type: 'RecordingLost' }>['data'];

export const FlagSensitive = record('FlagSensitive', { ground: SensitiveGround });
export const ListenToRecording = record('ListenToRecording', { purpose: AnalysisPurpose });
export const DestroyRecording = record('DestroyRecording', { reason: DestructionReason });

/** What the handler looked up: why the call's consent forbids use; absent when it allows it. */
export interface ConsentFact {
  readonly objection?: QuarantineReason;
}

export interface RegistrationFacts extends ConsentFact {
  readonly callKnown: boolean;
  readonly retention: Period;
  readonly dueAt: Instant;
}

export type RecordingCommand =
  | Command<'RegisterRecording', RegisterRecording, RegistrationFacts>
  | Command<'ReportLost', ReportLost, { readonly callKnown: boolean }>
  | Command<'ReleaseRecording', Readonly<Record<never, never>>, ConsentFact>
  | Command<'FlagSensitive', TypeOf<typeof FlagSensitive>>
  | Command<'ClearSensitiveFlag'>
  | Command<'ListenToRecording', TypeOf<typeof ListenToRecording>, ConsentFact>
  | Command<'DestroyRecording', TypeOf<typeof DestroyRecording>, ConsentFact>
  /** Told after a read behind the deletion found nothing. */
  | Command<'ConfirmDestruction', { readonly goneAt: Instant }>;
