import type { TypeOf } from 'io-ts';
import { onlyRoles, type Actor } from './actor.js';
import { oneOf } from './codec.js';
import { rule, when, type DomainError } from './errors.js';
import type { Instant } from './time.js';

/** Why personal data is erased; `incomplete`: the shared half of its fact was never stored. */
export const ErasureReason = oneOf('retention-due', 'citizen-request', 'incomplete');
export type ErasureReason = TypeOf<typeof ErasureReason>;

/** What the handler looked up before personal data is erased. */
export interface ErasureFacts {
  /** When retention ends; absent while the shared half of the fact is missing. */
  readonly dueAt?: Instant;
}

/** Who may have personal data erased, and when: the manager at the citizen's request, the system when due or incomplete. */
export const erasureProblems = (
  { actor, at, facts }: { readonly actor: Actor; readonly at: Instant; readonly facts: ErasureFacts },
  reason: ErasureReason,
): ReadonlyArray<DomainError> => [
  ...onlyRoles(
    actor,
    ...(reason === 'incomplete' ? (['system'] as const) : (['responsible-manager', 'system'] as const)),
  ),
  ...when(
    reason === 'retention-due' && (facts.dueAt === undefined || at < facts.dueAt),
    rule('not_due', 'its retention has not ended', 'reason'),
  ),
  ...when(
    reason === 'incomplete' && facts.dueAt !== undefined,
    rule('complete', 'both halves of the fact are stored', 'reason'),
  ),
];
