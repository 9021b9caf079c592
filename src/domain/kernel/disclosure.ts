import type { Actor, Role } from './actor.js';

interface Entitlement {
  /** Of the personal streams: every event in them is sealed. */
  readonly category: string;
  readonly purpose: string;
  readonly roles: ReadonlyArray<Role>;
}

/**
 * Who may open whose personal data, and for what: contact details to call a citizen back (S6, S7), numbers to review
 * a call (K5, K6). What is not listed is refused. Whose department it is, the use case decides.
 */
const entitlements: ReadonlyArray<Entitlement> = [
  { category: 'citizen', purpose: 'callback', roles: ['department-staff', 'responsible-manager'] },
  { category: 'caller', purpose: 'call-review', roles: ['responsible-manager', 'assistant', 'switchboard-staff'] },
];

/** The categories of streams that hold personal data, each stream under a key of its own. */
export const SEALED_CATEGORIES: ReadonlySet<string> = new Set(entitlements.map(({ category }) => category));

/** Whether a personal stream of this category is opened for this actor and purpose. The system folds every stream. */
export const mayOpen = (
  category: string,
  { actor, purpose }: { readonly actor: Actor; readonly purpose: string },
): boolean =>
  actor.role === 'system' ||
  entitlements.some(
    (entitled) => entitled.category === category && entitled.purpose === purpose && entitled.roles.includes(actor.role),
  );
