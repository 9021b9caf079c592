import { list, oneOf, record } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { EmergencyId, SiteCode } from '../kernel/ids.js';
import { Instant } from '../kernel/time.js';

export const EmergencyKind = oneOf('disaster', 'infectious-disease', 'civil-protection', 'system-failure');

/** From `declaredAt` on calls of these sites (absent: of all) need no announcement (K3). */
export const EmergencyDeclared = defineEvent(
  'EmergencyDeclared',
  record(
    'EmergencyDeclared',
    { emergency: EmergencyId, kind: EmergencyKind, declaredAt: Instant },
    { sites: list(SiteCode, 50) },
  ),
);
export const EmergencyEnded = defineEvent(
  'EmergencyEnded',
  record('EmergencyEnded', { emergency: EmergencyId, endedAt: Instant }),
);

export const emergencyEvents = [EmergencyDeclared, EmergencyEnded] as const;
export type EmergencyEvent = EventOf<(typeof emergencyEvents)[number]>;
