import { onlyRoles, type Actor } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { forbidden, invalid, notFound, rule, unless, when, type DomainError } from '../kernel/errors.js';
import type { CitizenId, DepartmentCode } from '../kernel/ids.js';
import { notInFuture, type Instant } from '../kernel/time.js';
import type { InquiryCommand } from './commands.js';
import {
  CallbackAcknowledged,
  CallbackAnswered,
  CallbackRequested,
  ContactDisclosed,
  ContactErased,
  inquiryEvents,
  InquiryRecorded,
  type Handling,
  type InquiryEvent,
  type Scope,
} from './events.js';

export interface Callback {
  readonly status: 'waiting' | 'acknowledged' | 'answered';
  readonly citizen: CitizenId;
  readonly department: DepartmentCode;
  readonly requestedAt: Instant;
  readonly eraseAt: Instant;
  readonly contactErased: boolean;
}

export type InquiryState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'recorded';
      readonly department: DepartmentCode;
      readonly receivedAt: Instant;
      readonly scope: Scope;
      readonly handling: Handling;
      readonly callback?: Callback;
    };

const evolve = (state: InquiryState, event: InquiryEvent): InquiryState => {
  if (event.type === 'InquiryRecorded') {
    const { department, receivedAt, scope, handling } = event.data;
    return { status: 'recorded', department, receivedAt, scope, handling };
  }
  if (state.status === 'absent') return state;
  if (event.type === 'CallbackRequested') {
    const { citizen, department, requestedAt, eraseAt } = event.data;
    const callback = { status: 'waiting', citizen, department, requestedAt, eraseAt, contactErased: false } as const;
    return { ...state, callback };
  }
  if (state.callback === undefined) return state;
  const becomes = (change: Partial<Callback>): InquiryState => ({
    ...state,
    callback: { ...state.callback!, ...change },
  });
  switch (event.type) {
    case 'CallbackAcknowledged':
      return becomes({ status: 'acknowledged' });
    case 'CallbackAnswered':
      return becomes({ status: 'answered' });
    case 'ContactErased':
      return becomes({ contactErased: true });
    case 'ContactDisclosed':
      return state;
  }
};

const absent = notFound('inquiry_not_found', 'there is no such inquiry');
const noCallback = notFound('callback_not_found', 'no callback was asked for');

/** A callback is its department's affair (S6); the responsible manager may step in. */
const mayHandle = (actor: Actor, callback: Callback | undefined): ReadonlyArray<DomainError> => [
  ...onlyRoles(actor, 'department-staff', 'responsible-manager'),
  ...when(
    actor.role === 'department-staff' && callback !== undefined && callback.department !== actor.department,
    forbidden('other_department', 'the callback is for another department'),
  ),
];

/** A contact with a citizen, recorded without personal data (S2-S4), and the callback that may follow (S5, S6). */
export const inquiry: Decider<InquiryCommand, InquiryState, InquiryEvent> = {
  category: 'inquiry',
  events: inquiryEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    const known = state.status === 'recorded' ? state : undefined;
    const callback = known?.callback;
    const missing = [
      ...when(known === undefined, absent),
      ...when(known !== undefined && callback === undefined, noCallback),
    ];
    switch (command.type) {
      case 'RecordInquiry': {
        const { data, facts } = command;
        const unknown = (code: DepartmentCode) => facts.unknownDepartments.includes(code);
        const noDepartment = (field: string) =>
          invalid('unknown_department', 'there is no such open department', field);
        return unless(
          [
            ...onlyRoles(command.actor, 'operator', 'supervisor'),
            ...when(known !== undefined, rule('inquiry_exists', 'the inquiry was recorded before')),
            ...notInFuture(data.receivedAt, command.at, 'receivedAt'),
            ...when(
              data.scope !== 'in-scope' && data.handling === 'answered',
              invalid(
                'out_of_scope_answered',
                'a matter out of scope is not for the call centre to answer',
                'handling',
              ),
            ),
            ...when(
              data.scope === 'in-scope' && data.handling === 'callback',
              invalid('in_scope_callback', 'a callback is only for matters out of scope', 'handling'),
            ),
            ...when(
              data.handling === 'transferred' && data.transferredTo === undefined,
              invalid('missing_field', 'is required when the call was transferred', 'transferredTo'),
            ),
            ...when(
              data.handling !== 'transferred' && data.transferredTo !== undefined,
              invalid('not_transferred', 'is only for a call that was transferred', 'transferredTo'),
            ),
            ...when(unknown(data.department), noDepartment('department')),
            ...data.relatedDepartments.flatMap((code, i) =>
              when(unknown(code), noDepartment(`relatedDepartments.${i}`)),
            ),
            ...when(data.transferredTo !== undefined && unknown(data.transferredTo), noDepartment('transferredTo')),
            ...when(!facts.articleKnown, invalid('unknown_article', 'there is no such FAQ article', 'faqArticle')),
            ...when(!facts.callKnown, invalid('unknown_call', 'there is no such call', 'call')),
          ],
          () => [InquiryRecorded({ ...data, operator: command.actor.subject })],
        );
      }
      case 'RequestCallback': {
        const { citizen, office, dueAt, eraseAt } = command.facts;
        return unless(
          [
            ...onlyRoles(command.actor, 'operator', 'supervisor'),
            ...when(known === undefined, absent),
            ...when(!office.closed, rule('office_open', 'the office was open: transfer the call instead')),
            ...when(known?.scope === 'in-scope', rule('matter_in_scope', 'the call centre answers this matter itself')),
            ...when(
              !command.data.requestedByCitizen,
              rule('not_requested', 'the citizen has not asked for a later answer', 'requestedByCitizen'),
            ),
            ...when(
              known !== undefined && known.handling !== 'callback',
              rule('handled_otherwise', 'the contact was recorded with another handling type'),
            ),
            ...when(callback !== undefined, rule('callback_requested', 'a callback was asked for before')),
          ],
          () =>
            known === undefined
              ? []
              : [
                  CallbackRequested({
                    citizen,
                    department: known.department,
                    requestedAt: command.at,
                    office,
                    dueAt,
                    eraseAt,
                  }),
                ],
        );
      }
      case 'AcknowledgeCallback':
        return unless([...mayHandle(command.actor, callback), ...missing], () =>
          callback?.status === 'waiting' ? [CallbackAcknowledged({})] : [],
        );
      case 'AnswerCallback': {
        const { answeredAt } = command.data;
        return unless(
          [
            ...mayHandle(command.actor, callback),
            ...missing,
            ...when(callback?.status === 'waiting', rule('not_acknowledged', 'acknowledge the callback first')),
            ...when(callback?.status === 'answered', rule('callback_answered', 'the callback was answered before')),
            ...notInFuture(answeredAt, command.at, 'answeredAt'),
            ...when(
              callback !== undefined && answeredAt < callback.requestedAt,
              invalid('before_request', 'lies before the request', 'answeredAt'),
            ),
          ],
          () => [CallbackAnswered(command.data)],
        );
      }
      case 'DiscloseContact':
        return unless(
          [
            ...mayHandle(command.actor, callback),
            ...missing,
            ...when(callback?.contactErased === true, rule('contact_erased', 'the contact details were erased')),
          ],
          () => [ContactDisclosed(command.data)],
        );
      case 'RecordContactErasure':
        return unless(
          [
            ...onlyRoles(command.actor, 'responsible-manager', 'system'),
            ...missing,
            ...when(
              callback !== undefined && callback.citizen !== command.data.citizen,
              rule('other_citizen', 'the callback is another citizen’s'),
            ),
          ],
          () => (callback?.contactErased === true ? [] : [ContactErased(command.data)]),
        );
    }
  },
};
