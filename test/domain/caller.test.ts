import { describe, expect, test } from 'vitest';
import { caller } from '../../src/domain/caller/caller.js';
import { events, NOW, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(caller);

const numbers = { from: '090-0000-0001', to: '03-0000-7001' };
const captured = event('NumbersCaptured', numbers);
const begun = event('NumbersErasureBegun', { reason: 'citizen-request' });

const manager = 'responsible-manager';
const later = '2026-04-01T12:00:00.001Z';

describe('CaptureNumbers', () => {
  test('K2: both numbers are captured once; a caller may withhold theirs', () => {
    expect(given().when('CaptureNumbers', numbers, { by: 'recorder' })).toEqual(events(captured));
    expect(given().when('CaptureNumbers', { to: numbers.to }, { by: 'recorder' })).toEqual(
      events(event('NumbersCaptured', { to: numbers.to })),
    );
    expect(given(captured).when('CaptureNumbers', numbers, { by: 'recorder' })).toEqual(refused('numbers_captured'));
  });
  test('K7: nothing is captured behind the fence of an erasure', () => {
    expect(given(captured, begun).when('CaptureNumbers', numbers, { by: 'recorder' })).toEqual(
      refused('numbers_captured'),
    );
  });
  test('K2: by recorders and the call centre, by no one else', () => {
    expect(rolesThatMay((by) => given().when('CaptureNumbers', numbers, { by }))).toEqual([
      'operator',
      'recorder',
      'supervisor',
    ]);
  });
});

describe('BeginNumbersErasure', () => {
  const erase = (reason: 'retention-due' | 'citizen-request' | 'incomplete', dueAt?: string) =>
    given(captured).when(
      'BeginNumbersErasure',
      { reason },
      { by: 'system', facts: dueAt === undefined ? {} : { dueAt } },
    );

  test('K7: due numbers are erased from the moment on that they are due', () => {
    expect(erase('retention-due', NOW)).toEqual(events(event('NumbersErasureBegun', { reason: 'retention-due' })));
    expect(erase('retention-due', later)).toEqual(refused('not_due reason'));
    expect(erase('retention-due')).toEqual(refused('not_due reason'));
  });
  test('K7: at the citizen’s request at any time', () => {
    expect(erase('citizen-request', later)).toEqual(events(begun));
  });
  test('K7: as incomplete only while the call was never told', () => {
    expect(erase('incomplete')).toEqual(events(event('NumbersErasureBegun', { reason: 'incomplete' })));
    expect(erase('incomplete', NOW)).toEqual(refused('complete reason'));
  });
  test('K7: by the responsible manager or the system; what is incomplete by the system alone', () => {
    const may = (reason: 'citizen-request' | 'incomplete') =>
      rolesThatMay((by) => given(captured).when('BeginNumbersErasure', { reason }, { by, facts: {} }));
    expect(may('citizen-request')).toEqual(['responsible-manager', 'system']);
    expect(may('incomplete')).toEqual(['system']);
  });
  test('K7: begun once; nothing is erased that was not captured', () => {
    const again = { reason: 'citizen-request' } as const;
    expect(given(captured, begun).when('BeginNumbersErasure', again, { by: manager, facts: {} })).toEqual(events());
    expect(given().when('BeginNumbersErasure', again, { by: manager, facts: {} })).toEqual(
      refused('numbers_not_found'),
    );
  });
  test('all errors at once', () => {
    expect(given().when('BeginNumbersErasure', { reason: 'retention-due' }, { by: 'operator', facts: {} })).toEqual(
      refused('role_not_entitled', 'not_due reason', 'numbers_not_found'),
    );
  });
});
