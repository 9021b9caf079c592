import { oneOf, record } from '../kernel/codec.js';
import { ErasureReason } from '../kernel/erasure.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { LineCode, SiteCode } from '../kernel/ids.js';
import { AnalysisPurpose } from '../kernel/purpose.js';
import { Source } from '../kernel/reference.js';
import { Instant } from '../kernel/time.js';

export const Direction = oneOf('inbound', 'outbound');

/** A call at a site's line (K1). Both numbers (K2) lie in the sealed stream `caller-<call id>`, never here. */
export const CallStarted = defineEvent(
  'CallStarted',
  record(
    'CallStarted',
    { site: SiteCode, line: LineCode, direction: Direction, startedAt: Instant, eraseNumbersAt: Instant },
    { source: Source },
  ),
);
export const CallAnswered = defineEvent('CallAnswered', record('CallAnswered', { answeredAt: Instant }));
export const CallEnded = defineEvent('CallEnded', record('CallEnded', { endedAt: Instant }));
/** Stored before the numbers leave: who saw them stands in the event's metadata. */
export const CallerNumbersDisclosed = defineEvent(
  'CallerNumbersDisclosed',
  record('CallerNumbersDisclosed', { purpose: AnalysisPurpose }),
);
export const CallerNumbersErased = defineEvent(
  'CallerNumbersErased',
  record('CallerNumbersErased', { reason: ErasureReason, erasedAt: Instant }),
);

export const callEvents = [CallStarted, CallAnswered, CallEnded, CallerNumbersDisclosed, CallerNumbersErased] as const;
export type CallEvent = EventOf<(typeof callEvents)[number]>;
