import { expect, test } from 'vitest';
import { Role } from '../../src/domain/kernel/actor.js';
import { mayOpen, SEALED_CATEGORIES } from '../../src/domain/kernel/disclosure.js';
import type { StaffId } from '../../src/domain/kernel/ids.js';

const roles = Object.keys(Role.keys) as ReadonlyArray<Role>;
const categories = ['citizen', 'caller', 'call', 'recording', 'constructor', ''];
const purposes = ['callback', 'call-review', 'fold', 'constructor', ''];

test('the streams of citizens and callers hold personal data', () => {
  expect([...SEALED_CATEGORIES].toSorted()).toEqual(['caller', 'citizen']);
});

test('personal data is opened for these roles and purposes, for the system, and for nobody else', () => {
  const opened = categories.flatMap((category) =>
    purposes.flatMap((purpose) =>
      roles
        .filter(
          (role) => role !== 'system' && mayOpen(category, { actor: { subject: 's-1' as StaffId, role }, purpose }),
        )
        .map((role) => `${category} for ${purpose} by ${role}`),
    ),
  );
  expect(opened).toEqual([
    'citizen for callback by department-staff',
    'citizen for callback by responsible-manager',
    'caller for call-review by switchboard-staff',
    'caller for call-review by responsible-manager',
    'caller for call-review by assistant',
  ]);
  const system = { subject: 's-1' as StaffId, role: 'system' } as const;
  for (const category of SEALED_CATEGORIES)
    for (const purpose of purposes) expect(mayOpen(category, { actor: system, purpose })).toBe(true);
});
