import type { Reader } from '../../src/application/ports/event-store.js';
import type { Erasure, KeyLookup } from '../../src/application/ports/key-vault.js';
import type { Role } from '../../src/domain/kernel/actor.js';
import type { StaffId } from '../../src/domain/kernel/ids.js';
import type { Instant } from '../../src/domain/kernel/time.js';

/** Synthetic readers and an erasure; nobody is meant. */
export const reader = (role: Role, purpose: string): Reader => ({
  actor: { subject: 'staff-0012' as StaffId, role },
  purpose,
});

export const system = reader('system', 'fold');
/** Entitled to open `citizen-*`. */
export const departmentStaff = reader('department-staff', 'callback');
/** Entitled to open nothing. */
export const operator = reader('operator', 'callback');

export const erasure: Erasure = {
  by: { subject: 'staff-0001' as StaffId, role: 'responsible-manager' },
  at: '2026-04-01T00:30:00.000Z' as Instant,
  reason: 'citizen-request',
};

/** The key that was answered; anything else fails the test. */
export const resolved = (answer: KeyLookup): Extract<KeyLookup, { _tag: 'resolved' }> => {
  if (answer._tag !== 'resolved') throw new Error(`expected a key, not ${answer._tag}`);
  return answer;
};
