import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { notFound, rule, unless, when } from '../kernel/errors.js';
import { notInFuture, type Instant } from '../kernel/time.js';
import type { ConsentCommand } from './commands.js';
import {
  AnnouncementExempted,
  consentEvents,
  ConsentWithdrawn,
  RecordingAnnounced,
  RecordingDeclined,
  type ConsentEvent,
} from './events.js';

/**
 * `announcedAt` stays known after an exemption, which covers more than the announcement, and after a refusal: it tells
 * an auditor that the caller was asked.
 */
export interface ConsentState {
  readonly status: 'unannounced' | 'announced' | 'exempt' | 'declined' | 'withdrawn';
  readonly announcedAt?: Instant;
}

const evolve = (state: ConsentState, event: ConsentEvent): ConsentState => {
  switch (event.type) {
    case 'RecordingAnnounced':
      return { status: state.status === 'exempt' ? 'exempt' : 'announced', announcedAt: event.data.announcedAt };
    case 'AnnouncementExempted':
      return { ...state, status: 'exempt' };
    case 'RecordingDeclined':
      return { ...state, status: 'declined' };
    case 'ConsentWithdrawn':
      return { ...state, status: 'withdrawn' };
  }
};

/** Why a recording that began at a moment may not be used; undefined when it may (K3). */
export const objection = (state: ConsentState, recordedFrom: Instant) => {
  switch (state.status) {
    case 'unannounced':
      return 'not-announced';
    case 'announced':
      return state.announcedAt !== undefined && recordedFrom < state.announcedAt
        ? 'recorded-before-announcement'
        : undefined;
    case 'exempt':
      return undefined;
    case 'declined':
    case 'withdrawn':
      return state.status;
  }
};

const over = (state: ConsentState) =>
  when(state.status === 'declined' || state.status === 'withdrawn', rule('consent_over', 'the caller has refused'));

/** A caller's consent to being recorded: announced or exempt, then perhaps declined or withdrawn; a refusal is final. */
export const consent: Decider<ConsentCommand, ConsentState, ConsentEvent> = {
  category: 'consent',
  events: consentEvents,
  initial: { status: 'unannounced' },
  evolve,
  decide: (command, state) => {
    const tellers = onlyRoles(command.actor, 'recorder', 'operator', 'supervisor', 'responsible-manager');
    const unknownCall = when(!command.facts.callKnown, notFound('call_not_found', 'there is no such call'));
    switch (command.type) {
      case 'AnnounceRecording': {
        const { announcedAt } = command.data;
        return unless(
          [
            ...tellers,
            ...unknownCall,
            ...notInFuture(announcedAt, command.at, 'announcedAt'),
            ...over(state),
            ...when(
              state.announcedAt !== undefined && state.announcedAt !== announcedAt,
              rule('announced', 'the recording was announced before'),
            ),
          ],
          () => (state.announcedAt === undefined ? [RecordingAnnounced(command.data)] : []),
        );
      }
      case 'ExemptAnnouncement': {
        const { emergency } = command.facts;
        return unless(
          [
            ...tellers,
            ...unknownCall,
            ...over(state),
            ...when(emergency === undefined, rule('no_emergency', 'no emergency was declared for this call')),
          ],
          () => (state.status !== 'exempt' && emergency !== undefined ? [AnnouncementExempted({ emergency })] : []),
        );
      }
      case 'DeclineRecording':
        return unless(
          [
            ...tellers,
            ...unknownCall,
            ...notInFuture(command.data.declinedAt, command.at, 'declinedAt'),
            ...when(
              state.announcedAt === undefined,
              rule('not_announced', 'nothing was announced that could be declined'),
            ),
            ...when(state.status === 'withdrawn', rule('consent_over', 'the caller has refused')),
          ],
          () => (state.status === 'declined' ? [] : [RecordingDeclined(command.data)]),
        );
      case 'WithdrawConsent':
        return unless(
          [
            ...tellers,
            ...unknownCall,
            ...notInFuture(command.data.withdrawnAt, command.at, 'withdrawnAt'),
            ...when(state.status === 'unannounced', rule('not_announced', 'there is no consent to withdraw')),
            ...when(state.status === 'declined', rule('consent_over', 'the caller has refused')),
          ],
          () => (state.status === 'withdrawn' ? [] : [ConsentWithdrawn(command.data)]),
        );
    }
  },
};
