import type { StaffDuty, StaffProfile } from '../../domain/staff/commands.js';
import { staffMember } from '../../domain/staff/staff-member.js';
import type { Facts } from '../aggregates/facts.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class RegisterStaff extends Submit<StaffProfile> {}
export class ChangeStaffDuty extends Submit<StaffDuty> {}
export class DeactivateStaff extends Submit<unknown> {}

const department = async (facts: Facts, { data }: Submit<StaffDuty>) => ({
  departmentOpen: await facts.departmentOpen(data.department),
});

export const staffHandlers = [
  handles(RegisterStaff, staffMember, 'RegisterStaff', department),
  handles(ChangeStaffDuty, staffMember, 'ChangeStaffDuty', department),
  handles(DeactivateStaff, staffMember, 'DeactivateStaff', noFacts),
];
