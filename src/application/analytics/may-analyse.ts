import { onlyRoles, type Actor } from '../../domain/kernel/actor.js';
import { forbidden, when, type DomainError } from '../../domain/kernel/errors.js';
import type { AnalyticsFilter } from '../ports/analytics.js';

const analysts = ['supervisor', 'responsible-manager', 'administrator', 'auditor'] as const;

/** What stands against an actor's seeing these figures (S3, K5): department staff see those of their own department. */
export const againstFigures = (actor: Actor, { department }: AnalyticsFilter): ReadonlyArray<DomainError> => [
  ...onlyRoles(actor, ...analysts, 'department-staff'),
  ...when(
    actor.role === 'department-staff' && (department === undefined || department !== actor.department),
    forbidden('other_department', 'department staff see the figures of their own department: name it'),
  ),
];

/** What stands against an actor's seeing what was searched for (K16): who writes articles may know what is missing. */
export const againstSearches = (actor: Actor): ReadonlyArray<DomainError> =>
  onlyRoles(actor, ...analysts, 'department-staff');
