import { describe, expect, test } from 'vitest';
import { citizen } from '../../src/domain/citizen/citizen.js';
import { ContactDetails } from '../../src/domain/citizen/events.js';
import { decode } from '../../src/domain/kernel/errors.js';
import { events, NOW, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(citizen);

/** An invented person. */
const contact = {
  name: '架空 花子',
  phone: '090-0000-0001',
  address: 'みどり市架空町9-9-9',
  content: '算定の根拠を知りたい',
};
const email = { address: 'hanako@example.test', reason: '耳が不自由なため' };
const fax = { number: '03-0000-0002', reason: '図面を送るため' };
const details = { inquiry: '0197c1f0-0000-7000-8000-000000000001', contact };
const collected = event('ContactCollected', details);
const begun = event('ContactErasureBegun', { reason: 'citizen-request' });

/** All errors of these details, as `code field`. */
const wrong = (input: unknown) => {
  const decoded = decode(ContactDetails, input);
  return decoded._tag === 'Right' ? [] : decoded.left.map(({ code, field }) => `${code} ${field}`);
};

describe('the contact details', () => {
  test.each(['name', 'phone', 'address', 'content'])('S5: %s is required, by name', (field) => {
    expect(wrong(contact)).toEqual([]);
    expect(wrong({ ...contact, [field]: undefined })).toEqual([`missing_field ${field}`]);
  });
  test('S5: e-mail and fax only where needed: each with its reason', () => {
    expect(wrong({ ...contact, email, fax })).toEqual([]);
    expect(wrong({ ...contact, email: { address: email.address }, fax: { number: fax.number } })).toEqual([
      'missing_field email.reason',
      'missing_field fax.reason',
    ]);
    expect(wrong({ ...contact, email: { ...email, reason: ' ' } })).toEqual(['invalid_field email.reason']);
    expect(wrong({ ...contact, email: email.address })).toEqual(['invalid_field email']);
  });
  test('S5: nothing beyond them is collected', () => {
    expect(wrong({ ...contact, birthday: '2000-01-01' })).toEqual(['unknown_field birthday']);
  });
  test.each(['hanako', 'hanako@example', '@example.test', 'hanako@exa\u0000mple.test', 'hana\uD800ko@example.test'])(
    'S5: %j is no e-mail address',
    (address) => {
      expect(wrong({ ...contact, email: { ...email, address } })).toEqual(['invalid_field email.address']);
    },
  );
});

describe('CollectContact', () => {
  test('S5: collected once', () => {
    expect(given().when('CollectContact', details, { by: 'operator' })).toEqual(events(collected));
    expect(given(collected).when('CollectContact', details, { by: 'operator' })).toEqual(refused('contact_collected'));
  });
  test('S7: nothing is collected behind the fence of an erasure', () => {
    expect(given(collected, begun).when('CollectContact', details, { by: 'operator' })).toEqual(
      refused('contact_collected'),
    );
  });
  test('S11: by the call centre, by no one else', () => {
    expect(rolesThatMay((by) => given().when('CollectContact', details, { by }))).toEqual(['operator', 'supervisor']);
  });
});

describe('BeginContactErasure', () => {
  const erase = (reason: 'retention-due' | 'citizen-request' | 'incomplete', dueAt?: string) =>
    given(collected).when(
      'BeginContactErasure',
      { reason },
      { by: 'system', facts: dueAt === undefined ? {} : { dueAt } },
    );

  test('S7: from the moment on that a year is over', () => {
    expect(erase('retention-due', NOW)).toEqual(events(event('ContactErasureBegun', { reason: 'retention-due' })));
    expect(erase('retention-due', '2026-04-01T12:00:00.001Z')).toEqual(refused('not_due reason'));
    expect(erase('retention-due')).toEqual(refused('not_due reason'));
  });
  test('S8: at the citizen’s request at any time', () => {
    expect(erase('citizen-request', '2027-04-01T12:00:00.000Z')).toEqual(events(begun));
  });
  test('S5: as incomplete only while no callback was requested', () => {
    expect(erase('incomplete')).toEqual(events(event('ContactErasureBegun', { reason: 'incomplete' })));
    expect(erase('incomplete', NOW)).toEqual(refused('complete reason'));
  });
  test('S7: by the responsible manager or the system; what is incomplete by the system alone', () => {
    const may = (reason: 'citizen-request' | 'incomplete') =>
      rolesThatMay((by) => given(collected).when('BeginContactErasure', { reason }, { by, facts: {} }));
    expect(may('citizen-request')).toEqual(['responsible-manager', 'system']);
    expect(may('incomplete')).toEqual(['system']);
  });
  test('S7: begun once; nothing is erased that was not collected', () => {
    const asked = { reason: 'citizen-request' } as const;
    expect(given(collected, begun).when('BeginContactErasure', asked, { by: 'system', facts: {} })).toEqual(events());
    expect(given().when('BeginContactErasure', asked, { by: 'system', facts: {} })).toEqual(
      refused('contact_not_found'),
    );
  });
});
