import { describe, expect, test } from 'vitest';
import { call } from '../../src/domain/call/call.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(call);

const start = {
  site: 'honcho',
  line: 'daihyo-1',
  direction: 'inbound',
  startedAt: '2026-04-01T11:30:00.000Z',
  source: { recorder: 'asterisk-honcho', ref: '1795292498.0' },
} as const;
const facts = { eraseNumbersAt: '2026-07-01T11:30:00.000Z' };
const answeredAt = '2026-04-01T11:30:02.000Z';
const endedAt = '2026-04-01T11:31:00.000Z';
const earlier = '2026-04-01T11:29:59.999Z';
const tomorrow = '2026-04-02T12:00:00.000Z';

const started = event('CallStarted', { ...start, ...facts });
const answered = event('CallAnswered', { answeredAt });
const ended = event('CallEnded', { endedAt });
const erased = event('CallerNumbersErased', { reason: 'citizen-request', erasedAt: endedAt });

const recorder = { by: 'recorder' } as const;
const manager = { by: 'responsible-manager' } as const;
const tellers = ['operator', 'recorder', 'supervisor'];

describe('StartCall', () => {
  test('K1: a call at a site’s line is told by a recorder, with when its numbers will be erased (K7)', () => {
    expect(given().when('StartCall', start, { ...recorder, facts })).toEqual(events(started));
  });
  test('K1: a call is told by recorders and the call centre, by no one else', () => {
    expect(rolesThatMay((by) => given().when('StartCall', start, { by, facts }))).toEqual(tellers);
  });
  test('K4: a call that was told is not told again', () => {
    expect(given(started).when('StartCall', start, { ...recorder, facts })).toEqual(refused('call_exists'));
  });
  test('K7: a call does not start in the future, beyond what clocks differ by', () => {
    const startingAt = (startedAt: string) =>
      given().when('StartCall', { ...start, startedAt }, { ...recorder, facts });
    expect(startingAt('2026-04-01T12:01:00.000Z')).toHaveProperty('events');
    expect(startingAt('2026-04-01T12:01:00.001Z')).toEqual(refused('in_future startedAt'));
  });
  test('all errors at once', () => {
    expect(given(started).when('StartCall', { ...start, startedAt: tomorrow }, { by: 'auditor', facts })).toEqual(
      refused('role_not_entitled', 'call_exists', 'in_future startedAt'),
    );
  });
});

describe('AnswerCall', () => {
  test('K1: a call is answered once; the same again changes nothing, another moment is refused', () => {
    expect(given(started).when('AnswerCall', { answeredAt }, recorder)).toEqual(events(answered));
    expect(given(started, answered).when('AnswerCall', { answeredAt }, recorder)).toEqual(events());
    expect(given(started, answered).when('AnswerCall', { answeredAt: endedAt }, recorder)).toEqual(
      refused('call_answered'),
    );
  });
  test('K1: not before the call, nor after its end; also when the end was told first', () => {
    expect(given(started, ended).when('AnswerCall', { answeredAt }, recorder)).toEqual(events(answered));
    expect(given(started).when('AnswerCall', { answeredAt: earlier }, recorder)).toEqual(
      refused('outside_call answeredAt'),
    );
    expect(given(started, ended).when('AnswerCall', { answeredAt: '2026-04-01T11:31:00.001Z' }, recorder)).toEqual(
      refused('outside_call answeredAt'),
    );
  });
  test('K1: at its very start or end', () => {
    for (const moment of [start.startedAt, endedAt])
      expect(given(started, ended).when('AnswerCall', { answeredAt: moment }, recorder)).toEqual(
        events(event('CallAnswered', { answeredAt: moment })),
      );
  });
  test('K2: not in the future', () => {
    expect(given(started).when('AnswerCall', { answeredAt: tomorrow }, recorder)).toEqual(
      refused('in_future answeredAt'),
    );
  });
  test('K1: only a call that was told is answered', () => {
    expect(given().when('AnswerCall', { answeredAt }, recorder)).toEqual(refused('call_not_found'));
  });
  test('K1: told by recorders and the call centre, by no one else', () => {
    expect(rolesThatMay((by) => given(started).when('AnswerCall', { answeredAt }, { by }))).toEqual(tellers);
  });
});

describe('EndCall', () => {
  test('K1: a call ends once, answered or not; the same again changes nothing, another moment is refused', () => {
    expect(given(started).when('EndCall', { endedAt }, recorder)).toEqual(events(ended));
    expect(given(started, answered).when('EndCall', { endedAt }, recorder)).toEqual(events(ended));
    expect(given(started, ended).when('EndCall', { endedAt }, recorder)).toEqual(events());
    expect(given(started, ended).when('EndCall', { endedAt: '2026-04-01T11:32:00.000Z' }, recorder)).toEqual(
      refused('call_ended'),
    );
  });
  test('K1: not before it started, nor before it was answered', () => {
    expect(given(started).when('EndCall', { endedAt: earlier }, recorder)).toEqual(refused('outside_call endedAt'));
    expect(given(started, answered).when('EndCall', { endedAt: start.startedAt }, recorder)).toEqual(
      refused('outside_call endedAt'),
    );
  });
  test('K1: at the moment that it was answered, as when the caller hangs up', () => {
    expect(given(started, answered).when('EndCall', { endedAt: answeredAt }, recorder)).toEqual(
      events(event('CallEnded', { endedAt: answeredAt })),
    );
  });
  test('K2: not in the future', () => {
    expect(given(started).when('EndCall', { endedAt: tomorrow }, recorder)).toEqual(refused('in_future endedAt'));
  });
  test('K1: only a call that was told ends', () => {
    expect(given().when('EndCall', { endedAt }, recorder)).toEqual(refused('call_not_found'));
  });
  test('K1: told by recorders and the call centre, by no one else', () => {
    expect(rolesThatMay((by) => given(started).when('EndCall', { endedAt }, { by }))).toEqual(tellers);
  });
});

describe('DiscloseNumbers', () => {
  const purpose = { purpose: 'complaint-analysis' } as const;
  const disclosed = event('CallerNumbersDisclosed', purpose);

  test('K8: each disclosure is recorded with its purpose, a second one too', () => {
    expect(given(started).when('DiscloseNumbers', purpose, manager)).toEqual(events(disclosed));
    expect(given(started, disclosed).when('DiscloseNumbers', purpose, manager)).toEqual(events(disclosed));
  });
  test('K6: the city’s staff in charge see numbers, operators and contractors do not', () => {
    expect(rolesThatMay((by) => given(started).when('DiscloseNumbers', purpose, { by }))).toEqual([
      'assistant',
      'responsible-manager',
      'switchboard-staff',
    ]);
  });
  test('K7: erased numbers are not disclosed', () => {
    expect(given(started, erased).when('DiscloseNumbers', purpose, manager)).toEqual(refused('numbers_erased'));
  });
  test('K2: of a call that was told', () => {
    expect(given().when('DiscloseNumbers', purpose, manager)).toEqual(refused('call_not_found'));
  });
});

describe('RecordNumbersErasure', () => {
  const erasure = { reason: 'citizen-request', erasedAt: endedAt } as const;

  test('K7: the erasure is recorded once', () => {
    expect(given(started).when('RecordNumbersErasure', erasure, manager)).toEqual(events(erased));
    expect(given(started, erased).when('RecordNumbersErasure', erasure, manager)).toEqual(events());
  });
  test('K7: by the responsible manager or the system', () => {
    expect(rolesThatMay((by) => given(started).when('RecordNumbersErasure', erasure, { by }))).toEqual([
      'responsible-manager',
      'system',
    ]);
  });
  test('K7: of a call that was told', () => {
    expect(given().when('RecordNumbersErasure', erasure, manager)).toEqual(refused('call_not_found'));
  });
});
