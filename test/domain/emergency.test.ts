import { describe, expect, test } from 'vitest';
import { emergencyRegister, inForce } from '../../src/domain/emergency/emergency-register.js';
import type { EmergencyEvent } from '../../src/domain/emergency/events.js';
import type { SiteCode } from '../../src/domain/kernel/ids.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { events, NOW, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(emergencyRegister);

const emergency = '0197c1f0-0000-7000-8000-000000000001';
const declare = { kind: 'disaster', sites: ['honcho'] } as const;
const facts = { emergency };
const manager = 'responsible-manager';
const endedAt = '2026-04-01T14:00:00.000Z';

const declared = event('EmergencyDeclared', { ...declare, emergency, declaredAt: NOW });
const everywhere = event('EmergencyDeclared', { kind: 'disaster', emergency, declaredAt: NOW });
const ended = event('EmergencyEnded', { emergency, endedAt });

describe('DeclareEmergency', () => {
  test('K3: declared from now on, for some sites or for all', () => {
    expect(given().when('DeclareEmergency', declare, { by: manager, facts })).toEqual(events(declared));
    expect(given().when('DeclareEmergency', { kind: 'disaster' }, { by: manager, facts })).toEqual(events(everywhere));
  });
  test('K3: for no site at all is no declaration', () => {
    expect(given().when('DeclareEmergency', { ...declare, sites: [] }, { by: manager, facts })).toEqual(
      refused('no_site sites'),
    );
  });
  test('K3, K13: by the responsible manager alone: no recorder declares one', () => {
    expect(rolesThatMay((by) => given().when('DeclareEmergency', declare, { by, facts }))).toEqual([manager]);
  });
});

describe('EndEmergency', () => {
  test('K3: ended once, now', () => {
    const at = endedAt;
    expect(given(declared).when('EndEmergency', { emergency }, { by: manager, at })).toEqual(events(ended));
    expect(given(declared, ended).when('EndEmergency', { emergency }, { by: manager })).toEqual(events());
  });
  test('K3: only one that was declared', () => {
    expect(given().when('EndEmergency', { emergency }, { by: manager })).toEqual(refused('emergency_not_found'));
  });
  test('K3, K13: by the responsible manager alone', () => {
    expect(rolesThatMay((by) => given(declared).when('EndEmergency', { emergency }, { by }))).toEqual([manager]);
  });
});

describe('the declaration in force', () => {
  const at = (history: ReadonlyArray<EmergencyEvent>, site: string, moment: string) =>
    inForce(history.reduce(emergencyRegister.evolve, emergencyRegister.initial), site as SiteCode, moment as Instant)
      ?.emergency;
  const justBefore = (moment: string) => new Date(Date.parse(moment) - 1).toISOString();

  test('K3: from its declaration until its end', () => {
    const history = [declared, ended];
    expect(at(history, 'honcho', justBefore(NOW))).toBeUndefined();
    expect(at(history, 'honcho', NOW)).toBe(emergency);
    expect(at(history, 'honcho', justBefore(endedAt))).toBe(emergency);
    expect(at(history, 'honcho', endedAt)).toBeUndefined();
  });
  test('K3: at the sites declared; at all when none is named', () => {
    expect(at([declared], 'kita-ward', NOW)).toBeUndefined();
    expect(at([everywhere], 'kita-ward', NOW)).toBe(emergency);
  });
  test('K3: one that ended does not hide another', () => {
    const second = '0197c1f0-0000-7000-8000-000000000002';
    const again = event('EmergencyDeclared', { kind: 'disaster', emergency: second, declaredAt: NOW });
    expect(at([declared, again, ended], 'honcho', endedAt)).toBe(second);
  });
});
