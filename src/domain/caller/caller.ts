import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { erasureProblems } from '../kernel/erasure.js';
import { notFound, rule, unless, when } from '../kernel/errors.js';
import type { CallerCommand, CallerNumbers } from './commands.js';
import { callerEvents, NumbersCaptured, NumbersErasureBegun, type CallerEvent } from './events.js';

export type CallerState =
  { readonly status: 'absent' } | { readonly status: 'kept' | 'erasing'; readonly numbers: CallerNumbers };

const evolve = (state: CallerState, event: CallerEvent): CallerState => {
  if (event.type === 'NumbersCaptured') return { status: 'kept', numbers: event.data };
  return state.status === 'absent' ? state : { ...state, status: 'erasing' };
};

/** The numbers of one call (K2), in a sealed stream that ends with its key. */
export const caller: Decider<CallerCommand, CallerState, CallerEvent> = {
  category: 'caller',
  events: callerEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'CaptureNumbers':
        return unless(
          [
            ...onlyRoles(command.actor, 'recorder', 'operator', 'supervisor'),
            ...when(state.status !== 'absent', rule('numbers_captured', 'the numbers were captured before')),
          ],
          () => [NumbersCaptured(command.data)],
        );
      case 'BeginNumbersErasure':
        return unless(
          [
            ...erasureProblems(command, command.data.reason),
            ...when(state.status === 'absent', notFound('numbers_not_found', 'no numbers are kept of this call')),
          ],
          () => (state.status === 'erasing' ? [] : [NumbersErasureBegun(command.data)]),
        );
    }
  },
};
