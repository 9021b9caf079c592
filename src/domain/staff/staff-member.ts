import { onlyRoles, type HumanRole } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { invalid, notFound, rule, unless, when } from '../kernel/errors.js';
import type { StaffCommand, StaffDuty, StaffFacts, StaffProfile } from './commands.js';
import { StaffDeactivated, StaffDutyChanged, staffEvents, StaffRegistered, type StaffEvent } from './events.js';

export type StaffState =
  { readonly status: 'absent' } | { readonly status: 'active' | 'deactivated'; readonly profile: StaffProfile };

const evolve = (state: StaffState, event: StaffEvent): StaffState => {
  if (event.type === 'StaffRegistered') return { status: 'active', profile: event.data };
  if (state.status === 'absent') return state;
  if (event.type === 'StaffDeactivated') return { ...state, status: 'deactivated' };
  const { displayName, employer } = state.profile;
  return { status: state.status, profile: { displayName, employer, ...event.data } };
};

/** What a contractor's staff may be (S11, K12); all other duties are the city's own. */
const contractorRoles: ReadonlyArray<HumanRole> = ['operator', 'supervisor', 'contractor-supervisor'];

const dutyProblems = (employer: StaffProfile['employer'] | undefined, duty: StaffDuty, facts: StaffFacts) => [
  ...when(
    employer === 'contractor' && !contractorRoles.includes(duty.role),
    invalid('role_is_the_citys', 'a contractor’s staff cannot have this role', 'role'),
  ),
  ...when(
    employer === 'city' && duty.role === 'contractor-supervisor',
    invalid('role_is_the_contractors', 'only a contractor’s staff can have this role', 'role'),
  ),
  ...when(
    duty.role === 'department-staff' && duty.department === undefined,
    invalid('department_needed', 'department staff belong to a department', 'department'),
  ),
  ...when(!facts.departmentOpen, invalid('unknown_department', 'there is no such open department', 'department')),
];

const sameDuty = (a: StaffDuty, b: StaffDuty) => a.role === b.role && a.department === b.department;

/** Staff: known by a number; the display name is shown with the contacts they took (S2). */
export const staffMember: Decider<StaffCommand, StaffState, StaffEvent> = {
  category: 'staff',
  events: staffEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    const entitled = onlyRoles(command.actor, 'administrator');
    const absent = when(state.status === 'absent', notFound('staff_not_found', 'there is no such member of staff'));
    switch (command.type) {
      case 'RegisterStaff':
        return unless(
          [
            ...entitled,
            ...dutyProblems(command.data.employer, command.data, command.facts),
            ...when(state.status !== 'absent', rule('staff_exists', 'this number was given out before')),
          ],
          () => [StaffRegistered(command.data)],
        );
      case 'ChangeStaffDuty':
        return unless(
          [
            ...entitled,
            ...absent,
            ...dutyProblems(
              state.status === 'absent' ? undefined : state.profile.employer,
              command.data,
              command.facts,
            ),
            ...when(state.status === 'deactivated', rule('staff_deactivated', 'this member of staff has left')),
          ],
          () =>
            state.status !== 'absent' && sameDuty(state.profile, command.data) ? [] : [StaffDutyChanged(command.data)],
        );
      case 'DeactivateStaff':
        return unless([...entitled, ...absent], () => (state.status === 'deactivated' ? [] : [StaffDeactivated({})]));
    }
  },
};
