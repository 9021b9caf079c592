import type { TypeOf } from 'io-ts';
import { oneOf, record } from './codec.js';
import { forbidden, when, type DomainError } from './errors.js';
import { DepartmentCode, StaffId } from './ids.js';

/** Roles that a person signs in with (S11, K6, K12, K13), and two that only the system itself acts as. */
export const HumanRole = oneOf(
  'operator',
  'supervisor',
  'department-staff',
  'switchboard-staff',
  'responsible-manager',
  'assistant',
  'contractor-supervisor',
  'auditor',
  'administrator',
);
export type HumanRole = TypeOf<typeof HumanRole>;
export const Role = oneOf(...(Object.keys(HumanRole.keys) as HumanRole[]), 'recorder', 'system');
export type Role = TypeOf<typeof Role>;

/** Who acts, as it stands in each event's metadata. */
export const Actor = record('Actor', { subject: StaffId, role: Role }, { department: DepartmentCode });
export type Actor = TypeOf<typeof Actor>;

/** Refuses an actor whose role is none of these. */
export const onlyRoles = (actor: Actor, ...roles: ReadonlyArray<Role>): ReadonlyArray<DomainError> =>
  when(!roles.includes(actor.role), forbidden('role_not_entitled', `this needs one of the roles ${roles.join(', ')}`));
