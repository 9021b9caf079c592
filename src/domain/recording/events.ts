import { flag, integer, oneOf, pattern, record } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { CallId } from '../kernel/ids.js';
import { AnalysisPurpose } from '../kernel/purpose.js';
import { Source } from '../kernel/reference.js';
import { Instant, Period } from '../kernel/time.js';

/** Why a recording is sensitive (機微情報, K2): the kinds of special care-required personal information. */
export const SensitiveGround = oneOf('creed', 'health', 'welfare', 'criminal-record', 'crime-victim', 'other');
export const QuarantineReason = oneOf('not-announced', 'recorded-before-announcement', 'declined', 'withdrawn');
export const DestructionReason = oneOf('retention-due', 'consent-withdrawn', 'quarantined', 'citizen-request');

/** A recorder's audio of one call, stored there automatically (K4). `bytes`: size of the audio file. */
export const RecordingRegistered = defineEvent(
  'RecordingRegistered',
  record('RecordingRegistered', {
    call: CallId,
    source: Source,
    startedAt: Instant,
    endedAt: Instant,
    bytes: integer(0, Number.MAX_SAFE_INTEGER),
    mediaType: pattern<string>('a media type', /^audio\/[a-z0-9.+-]+$/, { maxLength: 60, examples: ['audio/wav'] }),
    emergencyFlag: flag,
    retention: Period,
    dueAt: Instant,
  }),
);
/** The recorder began a recording of the call and has not kept it: told, so that nobody waits for it. */
export const RecordingLost = defineEvent(
  'RecordingLost',
  record('RecordingLost', { call: CallId, source: Source, reason: oneOf('failed', 'no-file') }),
);
/** Recorded without announcement or declared emergency: kept apart, not used (K3). */
export const RecordingQuarantined = defineEvent(
  'RecordingQuarantined',
  record('RecordingQuarantined', { reason: QuarantineReason }),
);
export const RecordingReleased = defineEvent('RecordingReleased', record('RecordingReleased', {}));
export const RecordingFlaggedSensitive = defineEvent(
  'RecordingFlaggedSensitive',
  record('RecordingFlaggedSensitive', { ground: SensitiveGround }),
);
export const SensitiveFlagCleared = defineEvent('SensitiveFlagCleared', record('SensitiveFlagCleared', {}));
/** Stored before the first byte flows (K6): who listened stands in the event's metadata. */
export const RecordingListened = defineEvent(
  'RecordingListened',
  record('RecordingListened', { purpose: AnalysisPurpose }),
);
export const DestructionRequested = defineEvent(
  'DestructionRequested',
  record('DestructionRequested', { reason: DestructionReason }),
);
/** The recorder deleted the audio, and a read after that found nothing. */
export const RecordingDestroyed = defineEvent('RecordingDestroyed', record('RecordingDestroyed', { goneAt: Instant }));

export const recordingEvents = [
  RecordingRegistered,
  RecordingLost,
  RecordingQuarantined,
  RecordingReleased,
  RecordingFlaggedSensitive,
  SensitiveFlagCleared,
  RecordingListened,
  DestructionRequested,
  RecordingDestroyed,
] as const;
export type RecordingEvent = EventOf<(typeof recordingEvents)[number]>;
