import type { DomainErrors } from '../domain/kernel/errors.js';

/**
 * Why a use case did not do what was asked. Outages are no failure of the request: they throw.
 * - `refused`: the domain's own errors, all of them.
 * - `command-id-reused`: the command id was used before with other content.
 * - `precondition-failed`: the caller named a revision (If-Match), and the aggregate has moved on.
 * - `erased`: what it needs lay under a key that was destroyed.
 * - `contended`: others kept changing the same aggregate; ask again.
 */
export type Failure =
  | { readonly _tag: 'refused'; readonly errors: DomainErrors }
  | { readonly _tag: 'command-id-reused' }
  | { readonly _tag: 'precondition-failed'; readonly revision: number | 'none' }
  | { readonly _tag: 'erased' }
  | { readonly _tag: 'contended' };

export const refused = (errors: DomainErrors): Failure => ({ _tag: 'refused', errors });
