import { HumanRole } from '../kernel/actor.js';
import { oneOf, record, text } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { DepartmentCode } from '../kernel/ids.js';

/** Operators are a contractor's staff (S11); what each may do follows from who employs them. */
const Employer = oneOf('city', 'contractor');

/** A member of staff; the name is shown with the contacts that they took (オペレータ名, S2). */
export const StaffProfile = record(
  'StaffProfile',
  { displayName: text(40, 'Shown on contacts.'), role: HumanRole, employer: Employer },
  { department: DepartmentCode },
);
export const StaffDuty = record('StaffDuty', { role: HumanRole }, { department: DepartmentCode });

export const StaffRegistered = defineEvent('StaffRegistered', StaffProfile);
export const StaffDutyChanged = defineEvent('StaffDutyChanged', StaffDuty);
export const StaffDeactivated = defineEvent('StaffDeactivated', record('StaffDeactivated', {}));

export const staffEvents = [StaffRegistered, StaffDutyChanged, StaffDeactivated] as const;
export type StaffEvent = EventOf<(typeof staffEvents)[number]>;
