import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { notFound, rule, unless, when } from '../kernel/errors.js';
import type { DepartmentCommand } from './commands.js';
import {
  DepartmentClosed,
  departmentEvents,
  DepartmentOpened,
  DepartmentRenamed,
  type DepartmentEvent,
} from './events.js';

export type DepartmentState =
  { readonly status: 'absent' } | { readonly status: 'open' | 'closed'; readonly name: string };

const evolve = (state: DepartmentState, event: DepartmentEvent): DepartmentState => {
  switch (event.type) {
    case 'DepartmentOpened':
    case 'DepartmentRenamed':
      return { status: 'open', name: event.data.name };
    case 'DepartmentClosed':
      return state.status === 'absent' ? state : { status: 'closed', name: state.name };
  }
};

const absent = notFound('department_not_found', 'there is no such department');

/** Departments (担当部署): named by a code that the city gives out, closed in a reorganisation, never deleted. */
export const department: Decider<DepartmentCommand, DepartmentState, DepartmentEvent> = {
  category: 'department',
  events: departmentEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    const entitled = onlyRoles(command.actor, 'administrator');
    switch (command.type) {
      case 'OpenDepartment':
        return unless(
          [...entitled, ...when(state.status === 'open', rule('department_exists', 'the department is open already'))],
          () => [DepartmentOpened(command.data)],
        );
      case 'RenameDepartment':
        return unless(
          [
            ...entitled,
            ...when(state.status === 'absent', absent),
            ...when(state.status === 'closed', rule('department_closed', 'the department was closed')),
          ],
          () =>
            state.status !== 'absent' && state.name === command.data.name ? [] : [DepartmentRenamed(command.data)],
        );
      case 'CloseDepartment':
        return unless([...entitled, ...when(state.status === 'absent', absent)], () =>
          state.status === 'closed' ? [] : [DepartmentClosed({})],
        );
    }
  },
};
