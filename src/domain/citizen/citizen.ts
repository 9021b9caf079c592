import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { erasureProblems } from '../kernel/erasure.js';
import { notFound, rule, unless, when } from '../kernel/errors.js';
import type { InquiryId } from '../kernel/ids.js';
import type { CitizenCommand } from './commands.js';
import {
  citizenEvents,
  ContactCollected,
  ContactErasureBegun,
  type CitizenEvent,
  type ContactDetails,
} from './events.js';

export type CitizenState =
  | { readonly status: 'absent' }
  | { readonly status: 'kept' | 'erasing'; readonly inquiry: InquiryId; readonly contact: ContactDetails };

const evolve = (state: CitizenState, event: CitizenEvent): CitizenState => {
  if (event.type === 'ContactCollected') return { status: 'kept', ...event.data };
  return state.status === 'absent' ? state : { ...state, status: 'erasing' };
};

/**
 * A citizen's contact details for one callback, in a sealed stream that ends with its key (S5, S7). Whether they may be
 * collected is the inquiry's decision; this stream only keeps them.
 */
export const citizen: Decider<CitizenCommand, CitizenState, CitizenEvent> = {
  category: 'citizen',
  events: citizenEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'CollectContact':
        return unless(
          [
            ...onlyRoles(command.actor, 'operator', 'supervisor'),
            ...when(state.status !== 'absent', rule('contact_collected', 'the details were collected before')),
          ],
          () => [ContactCollected(command.data)],
        );
      case 'BeginContactErasure':
        return unless(
          [
            ...erasureProblems(command, command.data.reason),
            ...when(state.status === 'absent', notFound('contact_not_found', 'no such details are kept')),
          ],
          () => (state.status === 'erasing' ? [] : [ContactErasureBegun(command.data)]),
        );
    }
  },
};
