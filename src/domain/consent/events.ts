import { record } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { EmergencyId } from '../kernel/ids.js';
import { Instant } from '../kernel/time.js';

/** The life of a caller's consent to being recorded, one stream a call (K3). */
export const RecordingAnnounced = defineEvent(
  'RecordingAnnounced',
  record('RecordingAnnounced', { announcedAt: Instant }),
);
export const RecordingDeclined = defineEvent('RecordingDeclined', record('RecordingDeclined', { declinedAt: Instant }));
export const ConsentWithdrawn = defineEvent('ConsentWithdrawn', record('ConsentWithdrawn', { withdrawnAt: Instant }));
/** No announcement was needed: an emergency was declared (災害等緊急時を除く). */
export const AnnouncementExempted = defineEvent(
  'AnnouncementExempted',
  record('AnnouncementExempted', { emergency: EmergencyId }),
);

export const consentEvents = [RecordingAnnounced, RecordingDeclined, ConsentWithdrawn, AnnouncementExempted] as const;
export type ConsentEvent = EventOf<(typeof consentEvents)[number]>;
