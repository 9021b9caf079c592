import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import * as E from 'fp-ts/lib/Either.js';
import type { FastifyRequest } from 'fastify';
import { commandIdOf } from '../../application/aggregates/ids.js';
import type { Request } from '../../application/aggregates/request.js';
import type { Position } from '../../application/ports/event-store.js';
import type { Actor } from '../../domain/kernel/actor.js';
import { pattern, record, ScalarType, type RecordType } from '../../domain/kernel/codec.js';
import { decode, invalid, type DomainError, type DomainErrors } from '../../domain/kernel/errors.js';
import { CsvText } from './bodies.js';
import { specOf, type OperationSpec } from './operation.js';
import { problemOf } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by the guard. */
    actor?: Actor;
  }
}

/** A request that passed the codecs of its operation. */
export interface Input {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly actor: Actor;
  /** Of a command. */
  readonly request: Request;
  /** Whether the body came as CSV. */
  readonly csv: boolean;
}

export const IdempotencyKey = pattern<string>(
  'a UUID, fresh for each command',
  /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/,
  { format: 'uuid', maxLength: 36 },
);
export const EntityTag = pattern<string>('an ETag as it was given, such as "3"', /^"(0|[1-9]\d{0,14})"$/, {
  maxLength: 20,
  examples: ['"3"'],
});
export const PositionHeader = pattern<Position>('a position as it was given', /^[0-9a-f-]{1,80}$/, { maxLength: 80 });

const noFields = record('NoFields', {});
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The handler's input: everything wrong with path, query, headers and body is answered at once. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext): Input => {
  const http = context.switchToHttp().getRequest<FastifyRequest>();
  return inputOf(specOf(context.getHandler())!, http);
});

const inputOf = (spec: OperationSpec, http: FastifyRequest): Input => {
  const problems: DomainError[] = [];
  const part = <A>(prefix: string, decoded: E.Either<DomainErrors, A>): A | undefined => {
    if (E.isRight(decoded)) return decoded.right;
    for (const error of decoded.left) problems.push({ ...error, field: `${prefix}${error.field ?? ''}` || 'body' });
    return undefined;
  };
  const header = <A>(name: string, codec: ScalarType<A>, required: boolean): A | undefined => {
    const value = http.headers[name];
    if (value === undefined && !required) return undefined;
    const decoded = decode(codec, value);
    return part(`header.${name}`, decoded);
  };
  const params = part('path.', decode(spec.params ?? noFields, http.params));
  const query = part('query.', decode(spec.query ?? noFields, typed(spec.query ?? noFields, http.query as Texts)));
  const nothing = spec.body === undefined && http.body === undefined;
  const csv = http.body instanceof CsvText;
  const body = part(
    '',
    http.body instanceof CsvText ? spec.csv!(http.body.text) : decode(spec.body ?? noFields, nothing ? {} : http.body),
  );
  const key = spec.command === true ? header('idempotency-key', IdempotencyKey, true) : undefined;
  const tag = header('if-match', EntityTag, false);
  if (tag !== undefined && spec.ifMatch !== true)
    problems.push(invalid('not_conditional', 'this operation knows no If-Match', 'header.if-match'));
  header('madoguchi-wait-for', PositionHeader, false);
  const [first, ...others] = problems;
  if (first !== undefined) throw problemOf([first, ...others]);
  const actor = http.actor!;
  const traceparent = http.headers['traceparent'];
  const request: Request = {
    commandId: key === undefined ? '' : commandIdOf(actor.subject, key),
    actor,
    ...(tag !== undefined && { expectedRevision: Number(tag.slice(1, -1)) }),
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
  };
  return { params, query, body, actor, request, csv };
};

type Texts = Readonly<Record<string, unknown>>;

/** A query's texts as the JSON that its codecs expect; what does not convert stays, and is refused by name. */
// oxlint-disable-next-line no-explicit-any -- any record of fields
const typed = ({ required, optional }: RecordType<any, any>, query: Texts): Texts =>
  Object.fromEntries(
    Object.entries(query).map(([key, value]) => {
      const codec: unknown = Object.hasOwn(required, key) ? required[key] : optional[key];
      const type = codec instanceof ScalarType ? codec.schema.type : undefined;
      if (typeof value !== 'string') return [key, value];
      if (type === 'integer' && /^-?\d{1,15}$/.test(value)) return [key, Number(value)];
      if (type === 'boolean' && (value === 'true' || value === 'false')) return [key, value === 'true'];
      return [key, value];
    }),
  );
