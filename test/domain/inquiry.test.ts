import { describe, expect, test } from 'vitest';
import { RecordInquiry } from '../../src/domain/inquiry/commands.js';
import { inquiry } from '../../src/domain/inquiry/inquiry.js';
import type { Role } from '../../src/domain/kernel/actor.js';
import { decode } from '../../src/domain/kernel/errors.js';
import { events, NOW, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(inquiry);

const contact = {
  summary: '介護保険料の算定について説明を求められた',
  answer: '担当課から後日回答することを案内した',
  category: 'kaigo',
  department: 'fukushi',
  relatedDepartments: ['zeimu'],
  handling: 'callback',
  receivedAt: '2026-04-01T11:30:00.000Z',
  scope: 'specialised',
} as const;
const answered = { ...contact, handling: 'answered', scope: 'in-scope' } as const;
const links = {
  faqArticle: '0197c1f0-0000-7000-8000-000000000004',
  call: '0197c1f0-0000-7000-8000-000000000005',
};
const allKnown = { unknownDepartments: [], articleKnown: true, callKnown: true };
const operator = { by: 'operator', facts: allKnown } as const;

const recorded = event('InquiryRecorded', { ...contact, operator: 'staff-1' });
const recordedInScope = event('InquiryRecorded', { ...answered, operator: 'staff-1' });

const citizen = '0197c1f0-0000-7000-8000-000000000006';
const closed = { closed: true, reason: 'night', calendar: 'test' } as const;
const open = { closed: false, reason: 'open', calendar: 'test' } as const;
const callbackFacts = {
  citizen,
  office: closed,
  dueAt: '2026-04-02T08:00:00.000Z',
  eraseAt: '2027-04-01T12:00:00.000Z',
};
const requested = event('CallbackRequested', { ...callbackFacts, department: 'fukushi', requestedAt: NOW });
const acknowledged = event('CallbackAcknowledged', {});
const callbackAnswered = event('CallbackAnswered', { answeredAt: NOW });
const erased = event('ContactErased', { citizen, reason: 'retention-due', erasedAt: NOW });

const welfare = { role: 'department-staff', department: 'fukushi' } as const;
const tax = { role: 'department-staff', department: 'zeimu' } as const;
const manager = 'responsible-manager';
const inFukushi = (role: Role) => ({ role, department: 'fukushi' });

describe('RecordInquiry', () => {
  test.each([
    ['問合せ内容', 'summary'],
    ['回答内容', 'answer'],
    ['施策分類', 'category'],
    ['担当部署', 'department'],
    ['関連部署', 'relatedDepartments'],
    ['対応区分', 'handling'],
    ['受付日時', 'receivedAt'],
  ])('S2: %s missing is refused by name', (_, field) => {
    expect(decode(RecordInquiry, contact)).toHaveProperty('right');
    expect(decode(RecordInquiry, { ...contact, [field]: undefined })).toMatchObject({
      left: [{ code: 'missing_field', field }],
    });
  });
  test('S2: 転送時の担当課 missing of a transferred call is refused by name, and given of another one', () => {
    const transferred = { ...contact, handling: 'transferred' } as const;
    expect(given().when('RecordInquiry', { ...transferred, transferredTo: 'fukushi' }, operator)).toEqual(
      events(event('InquiryRecorded', { ...transferred, transferredTo: 'fukushi', operator: 'staff-1' })),
    );
    expect(given().when('RecordInquiry', transferred, operator)).toEqual(refused('missing_field transferredTo'));
    expect(given().when('RecordInquiry', { ...contact, transferredTo: 'fukushi' }, operator)).toEqual(
      refused('not_transferred transferredTo'),
    );
  });
  test('S2: オペレータ名 is who records it, and cannot be given', () => {
    expect(given().when('RecordInquiry', contact, operator)).toEqual(events(recorded));
    expect(decode(RecordInquiry, { ...contact, operator: 'staff-2' })).toMatchObject({
      left: [{ code: 'unknown_field', field: 'operator' }],
    });
  });
  test('S2: by the call centre, by no one else', () => {
    expect(rolesThatMay((by) => given().when('RecordInquiry', contact, { by, facts: allKnown }))).toEqual([
      'operator',
      'supervisor',
    ]);
  });
  test('S2: recorded once', () => {
    expect(given(recorded).when('RecordInquiry', contact, operator)).toEqual(refused('inquiry_exists'));
  });
  test('S2: not received in the future', () => {
    const future = { ...contact, receivedAt: '2026-04-01T12:01:00.001Z' };
    expect(given().when('RecordInquiry', future, operator)).toEqual(refused('in_future receivedAt'));
  });
  test('S2: every department named must be open; each one that is not is named', () => {
    const transferred = { ...contact, handling: 'transferred', transferredTo: 'zeimu' } as const;
    const facts = { ...allKnown, unknownDepartments: ['fukushi', 'zeimu'] };
    expect(given().when('RecordInquiry', transferred, { by: 'operator', facts })).toEqual(
      refused(
        'unknown_department department',
        'unknown_department relatedDepartments.0',
        'unknown_department transferredTo',
      ),
    );
  });
  test('S1: the FAQ used and the call are linked, if there are such', () => {
    const linked = { ...answered, ...links };
    expect(given().when('RecordInquiry', linked, operator)).toEqual(
      events(event('InquiryRecorded', { ...linked, operator: 'staff-1' })),
    );
    const facts = { ...allKnown, articleKnown: false, callKnown: false };
    expect(given().when('RecordInquiry', linked, { by: 'operator', facts })).toEqual(
      refused('unknown_article faqArticle', 'unknown_call call'),
    );
  });
  test.each(['complaint', 'specialised', 'identity-check', 'personal-data'] as const)(
    'S4: %s is out of scope: never answered by the call centre, but referred',
    (scope) => {
      expect(given().when('RecordInquiry', { ...contact, scope, handling: 'answered' }, operator)).toEqual(
        refused('out_of_scope_answered handling'),
      );
      const referred = { ...contact, scope, handling: 'referred' } as const;
      expect(given().when('RecordInquiry', referred, operator)).toEqual(
        events(event('InquiryRecorded', { ...referred, operator: 'staff-1' })),
      );
    },
  );
  test('S4: a simple matter is answered', () => {
    expect(given().when('RecordInquiry', answered, operator)).toEqual(events(recordedInScope));
  });
  test('S5: a callback is not for a matter in scope', () => {
    expect(given().when('RecordInquiry', { ...contact, scope: 'in-scope' }, operator)).toEqual(
      refused('in_scope_callback handling'),
    );
  });
});

describe('RequestCallback', () => {
  const ask = { requestedByCitizen: true };

  test('S5: the office closed, the matter out of scope, the citizen’s wish: all three, and a callback is requested', () => {
    expect(given(recorded).when('RequestCallback', ask, { by: 'operator', facts: callbackFacts })).toEqual(
      events(requested),
    );
  });
  test('S5: refused while the office is open', () => {
    const facts = { ...callbackFacts, office: open };
    expect(given(recorded).when('RequestCallback', ask, { by: 'operator', facts })).toEqual(refused('office_open'));
  });
  test('S5: refused for a matter in scope, which is handled otherwise', () => {
    expect(given(recordedInScope).when('RequestCallback', ask, { by: 'operator', facts: callbackFacts })).toEqual(
      refused('matter_in_scope', 'handled_otherwise'),
    );
  });
  test('S5, S8: refused unless the citizen asked', () => {
    expect(
      given(recorded).when('RequestCallback', { requestedByCitizen: false }, { by: 'operator', facts: callbackFacts }),
    ).toEqual(refused('not_requested requestedByCitizen'));
  });
  test('S5: all three absent: all errors at once', () => {
    const facts = { ...callbackFacts, office: open };
    expect(
      given(recordedInScope).when('RequestCallback', { requestedByCitizen: false }, { by: 'operator', facts }),
    ).toEqual(refused('office_open', 'matter_in_scope', 'not_requested requestedByCitizen', 'handled_otherwise'));
  });
  test('S5: refused for a contact that was handled otherwise', () => {
    const referred = event('InquiryRecorded', { ...contact, handling: 'referred', operator: 'staff-1' });
    expect(given(referred).when('RequestCallback', ask, { by: 'operator', facts: callbackFacts })).toEqual(
      refused('handled_otherwise'),
    );
  });
  test('S5: once, for a contact that was recorded', () => {
    expect(given(recorded, requested).when('RequestCallback', ask, { by: 'operator', facts: callbackFacts })).toEqual(
      refused('callback_requested'),
    );
    expect(given().when('RequestCallback', ask, { by: 'operator', facts: callbackFacts })).toEqual(
      refused('inquiry_not_found'),
    );
  });
  test('S5: by the call centre, by no one else', () => {
    expect(rolesThatMay((by) => given(recorded).when('RequestCallback', ask, { by, facts: callbackFacts }))).toEqual([
      'operator',
      'supervisor',
    ]);
  });
});

describe('AcknowledgeCallback', () => {
  test('S6: the department acknowledges once', () => {
    expect(given(recorded, requested).when('AcknowledgeCallback', {}, { by: welfare })).toEqual(events(acknowledged));
    expect(given(recorded, requested, acknowledged).when('AcknowledgeCallback', {}, { by: welfare })).toEqual(events());
    expect(
      given(recorded, requested, acknowledged, callbackAnswered).when('AcknowledgeCallback', {}, { by: welfare }),
    ).toEqual(events());
  });
  test('S6: there must be a callback', () => {
    expect(given().when('AcknowledgeCallback', {}, { by: welfare })).toEqual(refused('inquiry_not_found'));
    expect(given(recorded).when('AcknowledgeCallback', {}, { by: welfare })).toEqual(refused('callback_not_found'));
  });
});

describe('AnswerCallback', () => {
  const at = { answeredAt: NOW };
  const history = [recorded, requested, acknowledged];

  test('S6: an acknowledged callback is answered, once', () => {
    expect(given(...history).when('AnswerCallback', at, { by: welfare })).toEqual(events(callbackAnswered));
    expect(given(...history, callbackAnswered).when('AnswerCallback', at, { by: welfare })).toEqual(
      refused('callback_answered'),
    );
  });
  test('S6: it is acknowledged first', () => {
    expect(given(recorded, requested).when('AnswerCallback', at, { by: welfare })).toEqual(refused('not_acknowledged'));
  });
  test('S6: not before it was requested, not in the future', () => {
    const answer = (answeredAt: string) => given(...history).when('AnswerCallback', { answeredAt }, { by: welfare });
    expect(answer('2026-04-01T11:59:59.999Z')).toEqual(refused('before_request answeredAt'));
    expect(answer('2026-04-01T12:01:00.001Z')).toEqual(refused('in_future answeredAt'));
  });
  test('S6: there must be a callback', () => {
    expect(given(recorded).when('AnswerCallback', at, { by: welfare })).toEqual(refused('callback_not_found'));
  });
});

describe('DiscloseContact', () => {
  const purpose = { purpose: 'callback' } as const;
  const disclosed = event('ContactDisclosed', purpose);

  test('S7: each disclosure is recorded, a second one too', () => {
    expect(given(recorded, requested).when('DiscloseContact', purpose, { by: welfare })).toEqual(events(disclosed));
    expect(given(recorded, requested, disclosed).when('DiscloseContact', purpose, { by: welfare })).toEqual(
      events(disclosed),
    );
  });
  test('S7: erased details are not disclosed', () => {
    expect(given(recorded, requested, erased).when('DiscloseContact', purpose, { by: welfare })).toEqual(
      refused('contact_erased'),
    );
  });
  test('S7: there must be a callback', () => {
    expect(given(recorded).when('DiscloseContact', purpose, { by: welfare })).toEqual(refused('callback_not_found'));
  });
});

test('S6: a callback is its department’s affair; the responsible manager may step in', () => {
  const handlers = ['department-staff', 'responsible-manager'];
  const history = [recorded, requested, acknowledged];
  const attempts = [
    (by: ReturnType<typeof inFukushi>) => given(recorded, requested).when('AcknowledgeCallback', {}, { by }),
    (by: ReturnType<typeof inFukushi>) => given(...history).when('AnswerCallback', { answeredAt: NOW }, { by }),
    (by: ReturnType<typeof inFukushi>) => given(...history).when('DiscloseContact', { purpose: 'callback' }, { by }),
  ];
  for (const attempt of attempts) {
    expect(rolesThatMay((role) => attempt(inFukushi(role)))).toEqual(handlers);
    expect(attempt(tax)).toEqual(refused('other_department'));
  }
});

describe('RecordContactErasure', () => {
  const erasure = { citizen, reason: 'retention-due', erasedAt: NOW } as const;

  test('S7: the erasure is recorded once', () => {
    expect(given(recorded, requested).when('RecordContactErasure', erasure, { by: 'system' })).toEqual(events(erased));
    expect(given(recorded, requested, erased).when('RecordContactErasure', erasure, { by: 'system' })).toEqual(
      events(),
    );
  });
  test('S7: of the callback’s own citizen', () => {
    const other = { ...erasure, citizen: '0197c1f0-0000-7000-8000-000000000009' };
    expect(given(recorded, requested).when('RecordContactErasure', other, { by: 'system' })).toEqual(
      refused('other_citizen'),
    );
    expect(given(recorded).when('RecordContactErasure', erasure, { by: 'system' })).toEqual(
      refused('callback_not_found'),
    );
  });
  test('S7: by the responsible manager or the system', () => {
    expect(rolesThatMay((by) => given(recorded, requested).when('RecordContactErasure', erasure, { by }))).toEqual([
      manager,
      'system',
    ]);
  });
});
