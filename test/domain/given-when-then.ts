import * as E from 'fp-ts/lib/Either.js';
import { Role, type Actor } from '../../src/domain/kernel/actor.js';
import type { Command, Decider } from '../../src/domain/kernel/decider.js';
import type { DomainError } from '../../src/domain/kernel/errors.js';
import { decodeEvent, type DomainEvent } from '../../src/domain/kernel/event.js';
import type { Instant } from '../../src/domain/kernel/time.js';

/** A type of the domain with strings in place of branded ones: samples read as the JSON that they stand for. */
type Plain<A> = A extends string
  ? {} extends Record<A, 1>
    ? string
    : A
  : A extends ReadonlyArray<infer Item>
    ? ReadonlyArray<Plain<Item>>
    : A extends object
      ? { [K in keyof A]: Plain<A[K]> }
      : A;

type Of<M extends { readonly type: string }, T> = Extract<M, { readonly type: T }>;

interface Circumstances {
  /** A role, or who acts in it. */
  readonly by: Role | { readonly role: Role; readonly department?: string };
  /** `NOW` unless told. */
  readonly at?: string;
}
type WithFacts<F> = unknown extends F ? Circumstances : Circumstances & { readonly facts: Plain<F> };

/** What came of a command: its events, or all its errors as `code` or `code field`, in alphabetical order. */
export type Outcome = { readonly events: ReadonlyArray<DomainEvent> } | { readonly refused: ReadonlyArray<string> };

export const events = (...decided: ReadonlyArray<DomainEvent>): Outcome => ({ events: decided });
export const refused = (...errors: ReadonlyArray<string>): Outcome => ({ refused: errors.toSorted() });

/** When a command is decided, unless a test tells another moment: an evening in Japan. */
export const NOW = '2026-04-01T12:00:00.000Z';

const told = ({ code, field }: DomainError) => (field === undefined ? code : `${code} ${field}`);

const actorOf = (by: Circumstances['by']) =>
  ({ subject: 'staff-1', ...(typeof by === 'string' ? { role: by } : by) }) as Actor;

/** `event` makes an event that its codec accepts; `given(...history).when(...)` decides a command after it. */
export const specification = <C extends Command, S, M extends DomainEvent>(decider: Decider<C, S, M>) => ({
  event: <T extends M['type']>(type: T, data: Plain<Of<M, T>['data']>): M => {
    const { version } = decider.events.find((definition) => definition.type === type)!;
    const decoded = decodeEvent<M>(decider.events, { type, version, data });
    if (E.isRight(decoded)) return decoded.right;
    throw new Error(`no such event: ${decoded.left.map(told).join(', ')}`);
  },
  given: (...history: ReadonlyArray<M>) => ({
    when: <T extends C['type']>(
      type: T,
      data: Plain<Of<C, T>['data']>,
      circumstances: WithFacts<Of<C, T>['facts']>,
    ): Outcome => {
      const { by, at = NOW, facts } = { facts: undefined, ...circumstances };
      const command = { type, data, actor: actorOf(by), at: at as Instant, facts } as unknown as C;
      const decided = decider.decide(command, history.reduce(decider.evolve, decider.initial));
      return E.isRight(decided) ? events(...decided.right) : refused(...decided.left.map(told));
    },
  }),
});

/** The roles for which the attempt succeeds; every other one must be refused for its role. */
export const rolesThatMay = (attempt: (by: Role) => Outcome): ReadonlyArray<Role> =>
  (Object.keys(Role.keys) as Role[])
    .filter((role) => {
      const outcome = attempt(role);
      if ('refused' in outcome && !outcome.refused.includes('role_not_entitled'))
        throw new Error(`${role} is refused for another reason: ${outcome.refused.join(', ')}`);
      return 'events' in outcome;
    })
    .toSorted();
