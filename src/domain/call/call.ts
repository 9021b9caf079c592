import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { invalid, notFound, rule, unless, when, type DomainError } from '../kernel/errors.js';
import type { SiteCode } from '../kernel/ids.js';
import { notInFuture, type Instant } from '../kernel/time.js';
import type { CallCommand } from './commands.js';
import {
  CallAnswered,
  CallEnded,
  callEvents,
  CallerNumbersDisclosed,
  CallerNumbersErased,
  CallStarted,
  type CallEvent,
} from './events.js';

export type CallState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'known';
      readonly site: SiteCode;
      readonly startedAt: Instant;
      readonly answeredAt?: Instant;
      readonly endedAt?: Instant;
      readonly eraseNumbersAt: Instant;
      readonly numbersErased: boolean;
    };

const evolve = (state: CallState, event: CallEvent): CallState => {
  if (event.type === 'CallStarted') {
    const { site, startedAt, eraseNumbersAt } = event.data;
    return { status: 'known', site, startedAt, eraseNumbersAt, numbersErased: false };
  }
  if (state.status === 'absent') return state;
  switch (event.type) {
    case 'CallAnswered':
      return { ...state, answeredAt: event.data.answeredAt };
    case 'CallEnded':
      return { ...state, endedAt: event.data.endedAt };
    case 'CallerNumbersErased':
      return { ...state, numbersErased: true };
    case 'CallerNumbersDisclosed':
      return state;
  }
};

const absent = notFound('call_not_found', 'there is no such call');

/** A moment of the call that is told once: the same again changes nothing, another one is refused. */
const toldOnce = (told: Instant | undefined, now: Instant, problem: DomainError) =>
  when(told !== undefined && told !== now, problem);

/** Calls (K1): told by a recorder or an operator app, each moment once. */
export const call: Decider<CallCommand, CallState, CallEvent> = {
  category: 'call',
  events: callEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    const known = state.status === 'known' ? state : undefined;
    const missing = when(known === undefined, absent);
    const tellers = onlyRoles(command.actor, 'recorder', 'operator', 'supervisor');
    switch (command.type) {
      case 'StartCall': {
        const { startedAt } = command.data;
        return unless(
          [
            ...tellers,
            ...when(known !== undefined, rule('call_exists', 'the call was told before')),
            ...notInFuture(startedAt, command.at, 'startedAt'),
          ],
          () => [CallStarted({ ...command.data, eraseNumbersAt: command.facts.eraseNumbersAt })],
        );
      }
      case 'AnswerCall': {
        const { answeredAt } = command.data;
        const outside =
          known !== undefined &&
          (answeredAt < known.startedAt || (known.endedAt !== undefined && answeredAt > known.endedAt));
        return unless(
          [
            ...tellers,
            ...missing,
            ...toldOnce(known?.answeredAt, answeredAt, rule('call_answered', 'the call was answered before')),
            ...notInFuture(answeredAt, command.at, 'answeredAt'),
            ...when(outside, invalid('outside_call', 'lies before the call or after it', 'answeredAt')),
          ],
          () => (known?.answeredAt === undefined ? [CallAnswered(command.data)] : []),
        );
      }
      case 'EndCall': {
        const { endedAt } = command.data;
        const last = known?.answeredAt ?? known?.startedAt;
        return unless(
          [
            ...tellers,
            ...missing,
            ...toldOnce(known?.endedAt, endedAt, rule('call_ended', 'the call ended before')),
            ...notInFuture(endedAt, command.at, 'endedAt'),
            ...when(last !== undefined && endedAt < last, invalid('outside_call', 'lies before the call', 'endedAt')),
          ],
          () => (known?.endedAt === undefined ? [CallEnded(command.data)] : []),
        );
      }
      case 'DiscloseNumbers':
        return unless(
          [
            ...onlyRoles(command.actor, 'responsible-manager', 'assistant', 'switchboard-staff'),
            ...missing,
            ...when(known?.numbersErased === true, rule('numbers_erased', 'the numbers were erased')),
          ],
          () => [CallerNumbersDisclosed(command.data)],
        );
      case 'RecordNumbersErasure':
        return unless([...onlyRoles(command.actor, 'responsible-manager', 'system'), ...missing], () =>
          known?.numbersErased === true ? [] : [CallerNumbersErased(command.data)],
        );
    }
  },
};
