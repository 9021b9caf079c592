import type { Either } from 'fp-ts/lib/Either.js';
import type { Actor } from './actor.js';
import type { DomainErrors } from './errors.js';
import type { AnyEventDefinition, DomainEvent } from './event.js';
import type { Instant } from './time.js';

/**
 * What an actor asks of an aggregate.
 * `data` came from outside and passed its codec; `facts` is what the handler looked up for `decide`: other
 * aggregates, the office calendar. A rule that needs the world so stays a pure function.
 */
export interface Command<T extends string = string, D = unknown, F = unknown> {
  readonly type: T;
  readonly data: D;
  readonly actor: Actor;
  readonly at: Instant;
  readonly facts: F;
}

/** One aggregate: pure, total, never throws. */
export interface Decider<C extends Command, S, E extends DomainEvent> {
  /** First part of its streams' names: `<category>-<id>`. */
  readonly category: string;
  readonly events: ReadonlyArray<AnyEventDefinition>;
  readonly initial: S;
  readonly evolve: (state: S, event: E) => S;
  /** All of the command's errors at once, or the events that follow; none when there is nothing to say. */
  readonly decide: (command: C, state: S) => Either<DomainErrors, ReadonlyArray<E>>;
}
