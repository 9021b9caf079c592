import type { TypeOf } from 'io-ts';
import type { Command } from '../kernel/decider.js';
import type { StaffDuty, StaffProfile } from './events.js';

export type StaffProfile = TypeOf<typeof StaffProfile>;
export type StaffDuty = TypeOf<typeof StaffDuty>;

/** What the handler looked up: true when no department is named, or the one named is open. */
export interface StaffFacts {
  readonly departmentOpen: boolean;
}

export type StaffCommand =
  | Command<'RegisterStaff', StaffProfile, StaffFacts>
  | Command<'ChangeStaffDuty', StaffDuty, StaffFacts>
  | Command<'DeactivateStaff'>;
