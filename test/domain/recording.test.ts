import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/domain/kernel/actor.js';
import type { RecordingEvent } from '../../src/domain/recording/events.js';
import { recording } from '../../src/domain/recording/recording.js';
import { events, NOW, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(recording);

const audio = {
  call: '0197c1f0-0000-7000-8000-000000000001',
  source: { recorder: 'asterisk-honcho', ref: '1795292498.0.wav' },
  startedAt: '2026-04-01T11:30:05.000Z',
  endedAt: '2026-04-01T11:31:00.000Z',
  bytes: 80_364,
  mediaType: 'audio/wav',
  emergencyFlag: false,
};
const retained = { retention: 'P3M', dueAt: '2026-07-01T11:30:05.000Z' };
const facts = { callKnown: true, ...retained };
const recorder = 'recorder';
const manager = 'responsible-manager';

const registered = event('RecordingRegistered', { ...audio, ...retained });
const quarantined = event('RecordingQuarantined', { reason: 'not-announced' });
const released = event('RecordingReleased', {});
const lost = event('RecordingLost', { call: audio.call, source: audio.source, reason: 'no-file' });
const sensitive = event('RecordingFlaggedSensitive', { ground: 'health' });
const cleared = event('SensitiveFlagCleared', {});
const requested = event('DestructionRequested', { reason: 'citizen-request' });
const destroyed = event('RecordingDestroyed', { goneAt: NOW });

const stored = [registered];
const held = [registered, quarantined];
const ending = [registered, requested];
const gone = [registered, requested, destroyed];

const objections = ['not-announced', 'recorded-before-announcement', 'declined', 'withdrawn'] as const;

describe('RegisterRecording', () => {
  test('K4, K7: a recorder’s audio is registered once, with its retention', () => {
    expect(given().when('RegisterRecording', audio, { by: recorder, facts })).toEqual(events(registered));
    expect(given(...stored).when('RegisterRecording', audio, { by: recorder, facts })).toEqual(
      refused('recording_exists'),
    );
  });
  test('K4: audio that was given up for lost is registered when it is found', () => {
    expect(given(lost).when('RegisterRecording', audio, { by: recorder, facts })).toEqual(events(registered));
  });
  test.each(objections)('K3: %s: quarantined', (objection) => {
    expect(given().when('RegisterRecording', audio, { by: recorder, facts: { ...facts, objection } })).toEqual(
      events(registered, event('RecordingQuarantined', { reason: objection })),
    );
  });
  test('K3: a recorder’s emergency flag alone exempts from nothing', () => {
    const flagged = { ...audio, emergencyFlag: true };
    expect(
      given().when('RegisterRecording', flagged, {
        by: recorder,
        facts: { ...facts, objection: 'not-announced' },
      }),
    ).toEqual(events(event('RecordingRegistered', { ...flagged, ...retained }), quarantined));
  });
  test('K4: of a known call, ending after it starts; all errors at once', () => {
    const backwards = { ...audio, endedAt: '2026-04-01T11:30:04.999Z' };
    expect(
      given(...stored).when('RegisterRecording', backwards, { by: 'operator', facts: { ...facts, callKnown: false } }),
    ).toEqual(refused('role_not_entitled', 'recording_exists', 'call_not_found call', 'ends_before_start endedAt'));
  });
  test('K7: not in the future: its retention would end later than it may', () => {
    const future = { ...audio, startedAt: '2026-04-01T12:01:00.001Z', endedAt: '2026-04-01T12:01:00.001Z' };
    expect(given().when('RegisterRecording', future, { by: recorder, facts })).toEqual(
      refused('in_future startedAt', 'in_future endedAt'),
    );
    const skewed = { ...audio, endedAt: '2026-04-01T12:01:00.000Z' };
    expect(given().when('RegisterRecording', skewed, { by: recorder, facts })).toHaveProperty('events');
  });
  test('K4: told by recorders alone', () => {
    expect(rolesThatMay((by) => given().when('RegisterRecording', audio, { by, facts }))).toEqual([recorder]);
  });
});

describe('ReportLost', () => {
  const report = { call: audio.call, source: audio.source, reason: 'no-file' } as const;
  const known = { callKnown: true };

  test('K4: a recording that the recorder did not keep is told, once', () => {
    expect(given().when('ReportLost', report, { by: recorder, facts: known })).toEqual(events(lost));
    expect(given(lost).when('ReportLost', report, { by: recorder, facts: known })).toEqual(events());
  });
  test('K4: what is registered is not lost', () => {
    expect(given(...stored).when('ReportLost', report, { by: recorder, facts: known })).toEqual(
      refused('recording_exists'),
    );
  });
  test('K4: of a known call, by recorders alone', () => {
    expect(given().when('ReportLost', report, { by: recorder, facts: { callKnown: false } })).toEqual(
      refused('call_not_found call'),
    );
    expect(rolesThatMay((by) => given().when('ReportLost', report, { by, facts: known }))).toEqual([recorder]);
  });
});

describe('ReleaseRecording', () => {
  test('K3: released from quarantine once nothing stands against its use', () => {
    expect(given(...held).when('ReleaseRecording', {}, { by: manager, facts: {} })).toEqual(events(released));
    expect(given(...held, released).when('ReleaseRecording', {}, { by: manager, facts: {} })).toEqual(events());
    expect(given(...stored).when('ReleaseRecording', {}, { by: manager, facts: {} })).toEqual(events());
  });
  test.each(objections)('K3: not while %s', (objection) => {
    expect(given(...held).when('ReleaseRecording', {}, { by: manager, facts: { objection } })).toEqual(
      refused('consent_missing'),
    );
  });
  test('K3: not when destroyed, nor one that there is not', () => {
    for (const history of [ending, gone])
      expect(given(...history).when('ReleaseRecording', {}, { by: manager, facts: {} })).toEqual(
        refused('recording_destroyed'),
      );
    for (const history of [[], [lost]])
      expect(given(...history).when('ReleaseRecording', {}, { by: manager, facts: {} })).toEqual(
        refused('recording_not_found'),
      );
  });
  test('K3, K13: by the responsible manager alone', () => {
    expect(rolesThatMay((by) => given(...held).when('ReleaseRecording', {}, { by, facts: {} }))).toEqual([manager]);
  });
});

describe('FlagSensitive and ClearSensitiveFlag', () => {
  test('K2: flagged once, by those who hear or handle it', () => {
    const ground = { ground: 'health' } as const;
    expect(given(...stored).when('FlagSensitive', ground, { by: 'operator' })).toEqual(events(sensitive));
    expect(given(...held).when('FlagSensitive', ground, { by: 'operator' })).toEqual(events(sensitive));
    expect(given(...stored, sensitive).when('FlagSensitive', ground, { by: 'operator' })).toEqual(events());
    expect(rolesThatMay((by) => given(...stored).when('FlagSensitive', ground, { by }))).toEqual([
      'assistant',
      'operator',
      'responsible-manager',
      'supervisor',
      'switchboard-staff',
    ]);
  });
  test('K2: cleared by the responsible manager alone', () => {
    expect(given(...stored, sensitive).when('ClearSensitiveFlag', {}, { by: manager })).toEqual(events(cleared));
    expect(given(...stored).when('ClearSensitiveFlag', {}, { by: manager })).toEqual(events());
    expect(rolesThatMay((by) => given(...stored, sensitive).when('ClearSensitiveFlag', {}, { by }))).toEqual([manager]);
  });
  test('K2: not of what is destroyed, nor of one that there is not', () => {
    for (const history of [ending, gone]) {
      expect(given(...history).when('FlagSensitive', { ground: 'creed' }, { by: manager })).toEqual(
        refused('recording_destroyed'),
      );
      expect(given(...history).when('ClearSensitiveFlag', {}, { by: manager })).toEqual(refused('recording_destroyed'));
    }
    expect(given(lost).when('FlagSensitive', { ground: 'creed' }, { by: manager })).toEqual(
      refused('recording_not_found'),
    );
    expect(given().when('ClearSensitiveFlag', {}, { by: manager })).toEqual(refused('recording_not_found'));
  });
});

describe('ListenToRecording', () => {
  const purpose = { purpose: 'complaint-analysis' } as const;
  const listened = event('RecordingListened', purpose);
  const listeners = ['assistant', 'responsible-manager', 'switchboard-staff'] as const;

  test('K6: each listening is an event with its purpose (K8), a second one too', () => {
    expect(given(...stored).when('ListenToRecording', purpose, { by: 'switchboard-staff', facts: {} })).toEqual(
      events(listened),
    );
    expect(given(...stored, listened).when('ListenToRecording', purpose, { by: 'assistant', facts: {} })).toEqual(
      events(listened),
    );
  });
  test.each([
    ['stored', stored],
    ['released', [...held, released]],
    ['no longer sensitive', [...stored, sensitive, cleared]],
  ] as const)('K6, K12: the city’s staff in charge listen when %s, operators and contractors do not', (_, history) => {
    expect(rolesThatMay((by) => given(...history).when('ListenToRecording', purpose, { by, facts: {} }))).toEqual(
      listeners,
    );
  });
  test('K2: the responsible manager alone listens to what is sensitive', () => {
    const listen = (by: Role) => given(...stored, sensitive).when('ListenToRecording', purpose, { by, facts: {} });
    expect(listen(manager)).toEqual(events(listened));
    expect(listen('assistant')).toEqual(refused('recording_sensitive'));
    expect(listen('operator')).toEqual(refused('role_not_entitled', 'recording_sensitive'));
  });
  test.each([
    ['in quarantine', held, 'recording_quarantined'],
    ['being destroyed', ending, 'recording_destroyed'],
    ['destroyed', gone, 'recording_destroyed'],
    ['lost', [lost], 'recording_not_found'],
    ['never told', [], 'recording_not_found'],
  ] as const)('K3, K6, K7: nobody listens when %s', (_, history, error) => {
    for (const by of listeners)
      expect(given(...history).when('ListenToRecording', purpose, { by, facts: {} })).toEqual(refused(error));
  });
  test.each(objections)('K3: nobody listens when %s, though it was stored', (objection) => {
    expect(given(...stored).when('ListenToRecording', purpose, { by: manager, facts: { objection } })).toEqual(
      refused('consent_missing'),
    );
  });
  test('K7: nobody listens from the moment on that it is due', () => {
    const at = (moment: string) =>
      given(...stored).when('ListenToRecording', purpose, { by: manager, facts: {}, at: moment });
    expect(at('2026-07-01T11:30:04.999Z')).toEqual(events(listened));
    expect(at(retained.dueAt)).toEqual(refused('retention_over'));
  });
});

describe('DestroyRecording', () => {
  const destroy = (
    history: ReadonlyArray<RecordingEvent>,
    reason: 'retention-due' | 'consent-withdrawn' | 'quarantined' | 'citizen-request',
    { at = NOW, objection }: { at?: string; objection?: (typeof objections)[number] } = {},
  ) =>
    given(...history).when(
      'DestroyRecording',
      { reason },
      { by: 'system', at, facts: objection === undefined ? {} : { objection } },
    );

  test('K7: from the moment on that it is due', () => {
    expect(destroy(stored, 'retention-due', { at: retained.dueAt })).toEqual(
      events(event('DestructionRequested', { reason: 'retention-due' })),
    );
    expect(destroy(stored, 'retention-due', { at: '2026-07-01T11:30:04.999Z' })).toEqual(refused('not_due reason'));
  });
  test('K3: because the caller refused, if so', () => {
    for (const objection of ['declined', 'withdrawn'] as const)
      expect(destroy(stored, 'consent-withdrawn', { objection })).toEqual(
        events(event('DestructionRequested', { reason: 'consent-withdrawn' })),
      );
    expect(destroy(stored, 'consent-withdrawn')).toEqual(refused('consent_stands reason'));
    expect(destroy(stored, 'consent-withdrawn', { objection: 'not-announced' })).toEqual(
      refused('consent_stands reason'),
    );
  });
  test('K3: because it is in quarantine, if so', () => {
    expect(destroy(held, 'quarantined')).toEqual(events(event('DestructionRequested', { reason: 'quarantined' })));
    expect(destroy(stored, 'quarantined')).toEqual(refused('not_quarantined reason'));
  });
  test('K7: at the citizen’s request at any time, once', () => {
    expect(destroy(stored, 'citizen-request')).toEqual(events(requested));
    expect(destroy(ending, 'citizen-request')).toEqual(events());
    expect(destroy(gone, 'citizen-request')).toEqual(events());
  });
  test('K7: only what there is', () => {
    expect(destroy([], 'citizen-request')).toEqual(refused('recording_not_found'));
    expect(destroy([lost], 'citizen-request')).toEqual(refused('recording_not_found'));
  });
  test('K7, K13: by the responsible manager or the system', () => {
    const reason = { reason: 'citizen-request' } as const;
    expect(rolesThatMay((by) => given(...stored).when('DestroyRecording', reason, { by, facts: {} }))).toEqual([
      manager,
      'system',
    ]);
  });
});

describe('ConfirmDestruction', () => {
  const confirm = { goneAt: NOW };

  test('K7: gone after its destruction was asked for, once', () => {
    expect(given(...ending).when('ConfirmDestruction', confirm, { by: 'system' })).toEqual(events(destroyed));
    expect(given(...gone).when('ConfirmDestruction', confirm, { by: 'system' })).toEqual(events());
  });
  test('K7: not unless it was asked for', () => {
    for (const history of [stored, held])
      expect(given(...history).when('ConfirmDestruction', confirm, { by: 'system' })).toEqual(
        refused('destruction_not_requested'),
      );
    expect(given().when('ConfirmDestruction', confirm, { by: 'system' })).toEqual(refused('recording_not_found'));
  });
  test('K7: by the responsible manager or the system', () => {
    expect(rolesThatMay((by) => given(...ending).when('ConfirmDestruction', confirm, { by }))).toEqual([
      manager,
      'system',
    ]);
  });
});
