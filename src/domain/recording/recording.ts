import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { forbidden, invalid, notFound, rule, unless, when } from '../kernel/errors.js';
import type { CallId } from '../kernel/ids.js';
import type { Source } from '../kernel/reference.js';
import { notInFuture, type Instant } from '../kernel/time.js';
import type { QuarantineReason, RecordingCommand } from './commands.js';
import {
  DestructionRequested,
  RecordingDestroyed,
  recordingEvents,
  RecordingFlaggedSensitive,
  RecordingListened,
  RecordingLost,
  RecordingQuarantined,
  RecordingRegistered,
  RecordingReleased,
  SensitiveFlagCleared,
  type RecordingEvent,
} from './events.js';

export type RecordingState =
  | { readonly status: 'absent' }
  | { readonly status: 'lost' }
  | {
      readonly status: 'stored' | 'quarantined' | 'being-destroyed' | 'destroyed';
      readonly call: CallId;
      readonly source: Source;
      readonly startedAt: Instant;
      readonly mediaType: string;
      readonly dueAt: Instant;
      readonly sensitive: boolean;
    };

const evolve = (state: RecordingState, event: RecordingEvent): RecordingState => {
  if (event.type === 'RecordingRegistered') {
    const { call, source, startedAt, mediaType, dueAt } = event.data;
    return { status: 'stored', call, source, startedAt, mediaType, dueAt, sensitive: false };
  }
  if (event.type === 'RecordingLost') return { status: 'lost' };
  if (state.status === 'absent' || state.status === 'lost') return state;
  switch (event.type) {
    case 'RecordingQuarantined':
      return { ...state, status: 'quarantined' };
    case 'RecordingReleased':
      return { ...state, status: 'stored' };
    case 'RecordingFlaggedSensitive':
      return { ...state, sensitive: true };
    case 'SensitiveFlagCleared':
      return { ...state, sensitive: false };
    case 'RecordingListened':
      return state;
    case 'DestructionRequested':
      return { ...state, status: 'being-destroyed' };
    case 'RecordingDestroyed':
      return { ...state, status: 'destroyed' };
  }
};

const objectionText: Readonly<Record<QuarantineReason, string>> = {
  'not-announced': 'the recording was not announced, and no emergency was declared',
  'recorded-before-announcement': 'the recording began before its announcement',
  declined: 'the caller declined',
  withdrawn: 'the caller withdrew their consent',
};

const objected = (objection: QuarantineReason | undefined) =>
  objection === undefined ? [] : [rule('consent_missing', objectionText[objection])];

/** A recorder's audio of a call (K2-K4, K6, K7): used only with consent, by those entitled, until it is due. */
export const recording: Decider<RecordingCommand, RecordingState, RecordingEvent> = {
  category: 'recording',
  events: recordingEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    const known = state.status === 'absent' || state.status === 'lost' ? undefined : state;
    const missing = when(known === undefined, notFound('recording_not_found', 'there is no such recording'));
    const over = when(
      state.status === 'being-destroyed' || state.status === 'destroyed',
      rule('recording_destroyed', 'the recording was destroyed'),
    );
    switch (command.type) {
      case 'RegisterRecording': {
        const { startedAt, endedAt } = command.data;
        const { objection, callKnown, retention, dueAt } = command.facts;
        return unless(
          [
            ...onlyRoles(command.actor, 'recorder'),
            ...when(known !== undefined, rule('recording_exists', 'the recording was told before')),
            ...when(!callKnown, notFound('call_not_found', 'there is no such call', 'call')),
            // What starts later is due later than it may be (K7).
            ...notInFuture(startedAt, command.at, 'startedAt'),
            ...notInFuture(endedAt, command.at, 'endedAt'),
            ...when(endedAt < startedAt, invalid('ends_before_start', 'lies before the recording', 'endedAt')),
          ],
          () => [
            RecordingRegistered({ ...command.data, retention, dueAt }),
            ...(objection === undefined ? [] : [RecordingQuarantined({ reason: objection })]),
          ],
        );
      }
      case 'ReportLost':
        return unless(
          [
            ...onlyRoles(command.actor, 'recorder'),
            ...when(known !== undefined, rule('recording_exists', 'the recording was told before')),
            ...when(!command.facts.callKnown, notFound('call_not_found', 'there is no such call', 'call')),
          ],
          () => (state.status === 'lost' ? [] : [RecordingLost(command.data)]),
        );
      case 'ReleaseRecording':
        return unless(
          [
            ...onlyRoles(command.actor, 'responsible-manager'),
            ...missing,
            ...over,
            ...objected(command.facts.objection),
          ],
          () => (state.status === 'quarantined' ? [RecordingReleased({})] : []),
        );
      case 'FlagSensitive':
        return unless(
          [
            ...onlyRoles(
              command.actor,
              'responsible-manager',
              'assistant',
              'switchboard-staff',
              'supervisor',
              'operator',
            ),
            ...missing,
            ...over,
          ],
          () => (known?.sensitive === true ? [] : [RecordingFlaggedSensitive(command.data)]),
        );
      case 'ClearSensitiveFlag':
        return unless([...onlyRoles(command.actor, 'responsible-manager'), ...missing, ...over], () =>
          known?.sensitive === true ? [SensitiveFlagCleared({})] : [],
        );
      case 'ListenToRecording':
        return unless(
          [
            ...onlyRoles(command.actor, 'responsible-manager', 'assistant', 'switchboard-staff'),
            ...missing,
            ...over,
            ...when(
              known?.sensitive === true && command.actor.role !== 'responsible-manager',
              forbidden('recording_sensitive', 'only the responsible manager may listen to a sensitive recording'),
            ),
            ...when(state.status === 'quarantined', rule('recording_quarantined', 'the recording is in quarantine')),
            ...objected(command.facts.objection),
            ...when(
              known !== undefined && command.at >= known.dueAt,
              rule('retention_over', 'its retention has ended; it is due for destruction'),
            ),
          ],
          () => [RecordingListened(command.data)],
        );
      case 'DestroyRecording': {
        const { reason } = command.data;
        return unless(
          [
            ...onlyRoles(command.actor, 'responsible-manager', 'system'),
            ...missing,
            ...when(
              reason === 'retention-due' && known !== undefined && command.at < known.dueAt,
              rule('not_due', 'its retention has not ended', 'reason'),
            ),
            ...when(
              reason === 'quarantined' && state.status === 'stored',
              rule('not_quarantined', 'the recording is not in quarantine', 'reason'),
            ),
            ...when(
              reason === 'consent-withdrawn' &&
                command.facts.objection !== 'withdrawn' &&
                command.facts.objection !== 'declined',
              rule('consent_stands', 'the caller has not refused', 'reason'),
            ),
          ],
          () => (over.length > 0 ? [] : [DestructionRequested(command.data)]),
        );
      }
      case 'ConfirmDestruction':
        return unless(
          [
            ...onlyRoles(command.actor, 'responsible-manager', 'system'),
            ...missing,
            ...when(
              state.status === 'stored' || state.status === 'quarantined',
              rule('destruction_not_requested', 'nobody has asked for its destruction'),
            ),
          ],
          () => (state.status === 'destroyed' ? [] : [RecordingDestroyed(command.data)]),
        );
    }
  },
};
