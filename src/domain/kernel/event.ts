import * as t from 'io-ts';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { decode, invalid, type DomainErrors } from './errors.js';

/** A fact as the domain sees it. */
export interface DomainEvent<T extends string = string, D = unknown> {
  readonly type: T;
  readonly data: D;
}

/** How one type of event is stored: its codec, and how each older shape becomes the next. */
export interface EventDefinition<T extends string = string, D = unknown, C extends t.Type<D> = t.Type<D>> {
  readonly type: T;
  /** The version written today, from 1. */
  readonly version: number;
  readonly data: C;
  readonly upcasters: ReadonlyArray<(older: unknown) => unknown>;
  (data: D): DomainEvent<T, D>;
}

/** Defines a stored event. `upcasters[i]` turns data of version i + 1 into version i + 2. */
export const defineEvent = <T extends string, C extends t.Any>(
  type: T,
  data: C,
  upcasters: ReadonlyArray<(older: unknown) => unknown> = [],
): EventDefinition<T, t.TypeOf<C>, C> =>
  Object.assign((content: t.TypeOf<C>): DomainEvent<T, t.TypeOf<C>> => ({ type, data: content }), {
    type,
    data,
    upcasters,
    version: upcasters.length + 1,
  });

/** The union of the events of some definitions. */
export type EventOf<D extends (data: never) => DomainEvent> = ReturnType<D>;

// oxlint-disable-next-line no-explicit-any -- data is contravariant in the constructor and covariant in the codec
export type AnyEventDefinition = EventDefinition<string, any>;

/** Stored data of any version up to today's -> the event. A version that is not known: refused, never guessed. */
export const decodeEvent = <E extends DomainEvent>(
  definitions: ReadonlyArray<AnyEventDefinition>,
  stored: { readonly type: string; readonly version: number; readonly data: unknown },
): E.Either<DomainErrors, E> => {
  const definition = definitions.find(({ type }) => type === stored.type);
  if (definition === undefined) return E.left([invalid('unknown_event', `no event type ${stored.type}`)]);
  if (!Number.isInteger(stored.version) || stored.version < 1)
    return E.left([invalid('unknown_version', `${stored.type} has no version ${stored.version}`)]);
  if (stored.version > definition.version)
    return E.left([invalid('newer_event', `${stored.type} of version ${stored.version} is newer than this program`)]);
  return pipe(
    E.tryCatch(
      () => definition.upcasters.slice(stored.version - 1).reduce((data, upcast) => upcast(data), stored.data),
      (): DomainErrors => [invalid('damaged_event', `${stored.type} is no event of version ${stored.version}`)],
    ),
    E.chain((current) => decode(definition.data, current)),
    E.map((data) => definition(data) as E),
  );
};
