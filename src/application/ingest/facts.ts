import * as t from 'io-ts';
import { Direction } from '../../domain/call/events.js';
import { PhoneNumber } from '../../domain/caller/events.js';
import { record } from '../../domain/kernel/codec.js';
import { LineCode, SiteCode } from '../../domain/kernel/ids.js';
import { ExternalRef } from '../../domain/kernel/reference.js';
import { Instant } from '../../domain/kernel/time.js';
import { RecordingLost, RecordingRegistered } from '../../domain/recording/events.js';

const of = <T extends string>(type: T) => ({ type: t.literal(type), call: ExternalRef });
const { startedAt, endedAt, bytes, mediaType, emergencyFlag } = RecordingRegistered.data.required;
const { reason } = RecordingLost.data.required;

/** The codecs of `RecorderFact`, one for each type. */
export const factCodecs = {
  'call-started': record(
    'CallStartedFact',
    {
      ...of('call-started'),
      site: SiteCode,
      line: LineCode,
      direction: Direction,
      startedAt: Instant,
      to: PhoneNumber,
    },
    { from: PhoneNumber },
  ),
  'call-answered': record('CallAnsweredFact', { ...of('call-answered'), answeredAt: Instant }),
  'call-ended': record('CallEndedFact', { ...of('call-ended'), endedAt: Instant }),
  'announcement-played': record('AnnouncementPlayedFact', { ...of('announcement-played'), at: Instant }),
  'recording-declined': record('RecordingDeclinedFact', { ...of('recording-declined'), at: Instant }),
  'recording-stored': record('RecordingStoredFact', {
    ...of('recording-stored'),
    recording: ExternalRef,
    startedAt,
    endedAt,
    bytes,
    mediaType,
    emergencyFlag,
  }),
  'recording-lost': record('RecordingLostFact', { ...of('recording-lost'), recording: ExternalRef, reason }),
} as const;

/** A fact that passed its codec. */
export type Fact = { [K in keyof typeof factCodecs]: t.TypeOf<(typeof factCodecs)[K]> }[keyof typeof factCodecs];
