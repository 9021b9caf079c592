import { describe, expect, test } from 'vitest';
import { consent, objection } from '../../src/domain/consent/consent.js';
import type { ConsentEvent } from '../../src/domain/consent/events.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(consent);

const announcedAt = '2026-04-01T11:30:03.000Z';
const declinedAt = '2026-04-01T11:30:05.000Z';
const withdrawnAt = '2026-04-01T11:45:00.000Z';
const tomorrow = '2026-04-02T12:00:00.000Z';
const emergency = '0197c1f0-0000-7000-8000-000000000001';

const announced = event('RecordingAnnounced', { announcedAt });
const exempted = event('AnnouncementExempted', { emergency });
const declined = event('RecordingDeclined', { declinedAt });
const withdrawn = event('ConsentWithdrawn', { withdrawnAt });

const known = { by: 'recorder', facts: { callKnown: true } } as const;
const unknown = { by: 'recorder', facts: { callKnown: false } } as const;
const declared = { by: 'recorder', facts: { callKnown: true, emergency } } as const;
const tellers = ['operator', 'recorder', 'responsible-manager', 'supervisor'];

describe('AnnounceRecording', () => {
  test('K3: an announcement is told once; the same again changes nothing, another moment is refused', () => {
    expect(given().when('AnnounceRecording', { announcedAt }, known)).toEqual(events(announced));
    expect(given(announced).when('AnnounceRecording', { announcedAt }, known)).toEqual(events());
    expect(given(announced).when('AnnounceRecording', { announcedAt: declinedAt }, known)).toEqual(
      refused('announced'),
    );
  });
  test('K3: it may still be played in an emergency', () => {
    expect(given(exempted).when('AnnounceRecording', { announcedAt }, known)).toEqual(events(announced));
  });
  test.each([
    ['declined', declined],
    ['withdrawn', withdrawn],
  ])('K3: it does not undo that the caller has %s', (_, refusal) => {
    expect(given(announced, refusal).when('AnnounceRecording', { announcedAt }, known)).toEqual(
      refused('consent_over'),
    );
  });
  test('K3: of a known call, not in the future; all errors at once', () => {
    expect(given().when('AnnounceRecording', { announcedAt: tomorrow }, unknown)).toEqual(
      refused('call_not_found', 'in_future announcedAt'),
    );
  });
  test('K3: told by recorders, the call centre or the responsible manager', () => {
    const { facts } = known;
    expect(rolesThatMay((by) => given().when('AnnounceRecording', { announcedAt }, { by, facts }))).toEqual(tellers);
  });
});

describe('ExemptAnnouncement', () => {
  test('K3: a declared emergency exempts, once', () => {
    expect(given().when('ExemptAnnouncement', {}, declared)).toEqual(events(exempted));
    expect(given(exempted).when('ExemptAnnouncement', {}, declared)).toEqual(events());
  });
  test('K3: nobody and nothing exempts without a declaration: a recorder’s word is not one', () => {
    for (const by of ['recorder', 'operator', 'responsible-manager'] as const)
      expect(given().when('ExemptAnnouncement', {}, { by, facts: { callKnown: true } })).toEqual(
        refused('no_emergency'),
      );
  });
  test('K3: an announced call is exempted too: its recording may have begun before the announcement', () => {
    expect(given(announced).when('ExemptAnnouncement', {}, declared)).toEqual(events(exempted));
    expect(given(exempted, announced).when('ExemptAnnouncement', {}, declared)).toEqual(events());
  });
  test.each([
    ['declined', declined],
    ['withdrawn', withdrawn],
  ])('K3: it does not undo that the caller has %s', (_, refusal) => {
    expect(given(announced, refusal).when('ExemptAnnouncement', {}, declared)).toEqual(refused('consent_over'));
  });
  test('K3: of a known call; all errors at once', () => {
    expect(given().when('ExemptAnnouncement', {}, { ...unknown, by: 'auditor' })).toEqual(
      refused('role_not_entitled', 'call_not_found', 'no_emergency'),
    );
  });
  test('K3: told by recorders, the call centre or the responsible manager', () => {
    const { facts } = declared;
    expect(rolesThatMay((by) => given().when('ExemptAnnouncement', {}, { by, facts }))).toEqual(tellers);
  });
});

describe('DeclineRecording', () => {
  test('K3: after the announcement the caller may decline, also in an emergency; once', () => {
    expect(given(announced).when('DeclineRecording', { declinedAt }, known)).toEqual(events(declined));
    expect(given(announced, exempted).when('DeclineRecording', { declinedAt }, known)).toEqual(events(declined));
    expect(given(exempted, announced).when('DeclineRecording', { declinedAt }, known)).toEqual(events(declined));
    expect(given(announced, declined).when('DeclineRecording', { declinedAt }, known)).toEqual(events());
  });
  test('K3: nothing is declined that was not announced', () => {
    expect(given().when('DeclineRecording', { declinedAt }, known)).toEqual(refused('not_announced'));
    expect(given(exempted).when('DeclineRecording', { declinedAt }, known)).toEqual(refused('not_announced'));
  });
  test('K3: a consent that was withdrawn is over', () => {
    expect(given(announced, withdrawn).when('DeclineRecording', { declinedAt }, known)).toEqual(
      refused('consent_over'),
    );
  });
  test('K3: of a known call, not in the future; all errors at once', () => {
    expect(given().when('DeclineRecording', { declinedAt: tomorrow }, unknown)).toEqual(
      refused('call_not_found', 'in_future declinedAt', 'not_announced'),
    );
  });
  test('K3: told by recorders, the call centre or the responsible manager', () => {
    const { facts } = known;
    expect(rolesThatMay((by) => given(announced).when('DeclineRecording', { declinedAt }, { by, facts }))).toEqual(
      tellers,
    );
  });
});

describe('WithdrawConsent', () => {
  test('K3: an announced or exempt recording may be objected to later; once', () => {
    expect(given(announced).when('WithdrawConsent', { withdrawnAt }, known)).toEqual(events(withdrawn));
    expect(given(exempted).when('WithdrawConsent', { withdrawnAt }, known)).toEqual(events(withdrawn));
    expect(given(announced, withdrawn).when('WithdrawConsent', { withdrawnAt }, known)).toEqual(events());
  });
  test('K3: there must be a consent', () => {
    expect(given().when('WithdrawConsent', { withdrawnAt }, known)).toEqual(refused('not_announced'));
    expect(given(announced, declined).when('WithdrawConsent', { withdrawnAt }, known)).toEqual(refused('consent_over'));
  });
  test('K3: of a known call, not in the future; all errors at once', () => {
    expect(given().when('WithdrawConsent', { withdrawnAt: tomorrow }, unknown)).toEqual(
      refused('call_not_found', 'in_future withdrawnAt', 'not_announced'),
    );
  });
  test('K3: told by recorders, the call centre or the responsible manager', () => {
    const { facts } = known;
    expect(rolesThatMay((by) => given(announced).when('WithdrawConsent', { withdrawnAt }, { by, facts }))).toEqual(
      tellers,
    );
  });
});

describe('whether a recording may be used', () => {
  const after = (...history: ReadonlyArray<ConsentEvent>) => history.reduce(consent.evolve, consent.initial);
  const from = (moment: string) => moment as Instant;
  const before = from('2026-04-01T11:30:02.999Z');

  test('K3: not without announcement or declared emergency', () => {
    expect(objection(after(), from(announcedAt))).toBe('not-announced');
  });
  test('K3: announced, from the announcement on', () => {
    expect(objection(after(announced), from(announcedAt))).toBeUndefined();
    expect(objection(after(announced), before)).toBe('recorded-before-announcement');
  });
  test('K3: in a declared emergency from the beginning, whether an announcement came too or not, in either order', () => {
    for (const history of [[exempted], [exempted, announced], [announced, exempted]])
      expect(objection(after(...history), before)).toBeUndefined();
  });
  test('K3: not after a refusal, whenever it was recorded', () => {
    for (const history of [[announced], [exempted, announced], [announced, exempted]]) {
      expect(objection(after(...history, declined), from(announcedAt))).toBe('declined');
      expect(objection(after(...history, withdrawn), from(announcedAt))).toBe('withdrawn');
    }
  });
});
