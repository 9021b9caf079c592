import * as t from 'io-ts';
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js';
import * as E from 'fp-ts/lib/Either.js';
import { unknownField } from './codec.js';

/**
 * Why a command is refused. No value of the command ever stands in one: it could be personal data.
 * - `invalid`: the command contradicts itself or its codec; another command would do.
 * - `forbidden`: this actor may not.
 * - `not-found`: what the command is about does not exist.
 * - `rule`: the state, or a fact of the world, does not allow it.
 */
export interface DomainError {
  readonly _tag: 'invalid' | 'forbidden' | 'not-found' | 'rule';
  /** Stable, snake_case: for programs. */
  readonly code: string;
  /** For a person. */
  readonly message: string;
  /** Path of the field of the command, such as `email.address`; absent when no field is to blame. */
  readonly field?: string;
}

export type DomainErrors = NonEmptyArray<DomainError>;

const error =
  (_tag: DomainError['_tag']) =>
  (code: string, message: string, field?: string): DomainError => ({
    _tag,
    code,
    message,
    ...(field !== undefined && { field }),
  });

export const invalid = error('invalid');
export const forbidden = error('forbidden');
export const notFound = error('not-found');
export const rule = error('rule');

/** The error, when its condition holds. */
export const when = (condition: boolean, problem: DomainError): ReadonlyArray<DomainError> =>
  condition ? [problem] : [];

/** All problems at once, or what follows when there is none. */
export const unless = <A>(problems: ReadonlyArray<DomainError>, then: () => A): E.Either<DomainErrors, A> =>
  problems.length > 0 ? E.left(problems as DomainErrors) : E.right(then());

// What is no name of a field could be anything, and so personal data: it is shown as `*`.
const identifier = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/;

const fieldError = ({ context, message }: t.ValidationError): DomainError => {
  const last = context.at(-1)!;
  const field = context
    .map(({ key, type }) => (type === unknownField && !identifier.test(key) ? '*' : key))
    .filter((key) => key !== '')
    .join('.');
  const at = field === '' ? undefined : field;
  if (last.type === unknownField) return invalid('unknown_field', 'is not a field of this request', at);
  if (last.actual === undefined) return invalid('missing_field', `is required: ${last.type.name}`, at);
  return invalid('invalid_field', message ?? `must be ${last.type.name}`, at);
};

/** Decodes, naming every wrong field and repeating no value. */
export const decode = <A>(codec: t.Type<A, unknown>, input: unknown): E.Either<DomainErrors, A> =>
  E.mapLeft((errors: t.Errors) => errors.map(fieldError) as DomainErrors)(codec.decode(input));
