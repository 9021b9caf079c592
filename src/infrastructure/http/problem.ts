import type { FastifyReply } from 'fastify';
import type { DomainError, DomainErrors } from '../../domain/kernel/errors.js';
import type { Failure } from '../../application/failure.js';

/** One thing that was wrong with a request; no value of the request ever stands in it. */
export type ProblemDetail = Pick<DomainError, 'code' | 'message' | 'field'>;

/** An answer other than success, as RFC 9457 problem details. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly errors: ReadonlyArray<ProblemDetail> = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(title);
  }

  body(): object {
    const { status, code, title, errors } = this;
    return { type: `urn:madoguchi:problem:${code}`, title, status, code, ...(errors.length > 0 && { errors }) };
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export const sendProblem = (reply: FastifyReply, problem: Problem): void => {
  void reply
    .status(problem.status)
    .headers(problem.headers)
    .header('content-type', PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem.body()));
};

const unread: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['malformed', 'The request cannot be read'],
  404: ['route_not_found', 'There is no such route'],
  408: ['timeout', 'The request took too long'],
  413: ['too_large', 'The request is too large'],
  414: ['uri_too_long', 'The address is too long'],
  415: ['unsupported_media_type', 'The body must be application/json'],
  431: ['headers_too_large', 'The address or the headers are too large'],
};

/** Of a request that reached no operation; undefined when the status blames the server. */
export const unreadProblem = (status: number): Problem | undefined =>
  unread[status] === undefined ? undefined : new Problem(status, ...unread[status]);

const statuses = { invalid: 400, 'not-found': 404, forbidden: 403, rule: 409 } as const;
const titles = {
  400: 'The request is not valid',
  403: 'You may not do this',
  404: 'There is no such thing',
  409: 'The rules do not allow this now',
} as const;

/** All errors in one answer; its status is that of the gravest: not allowed, not valid, not there, not now. */
export const problemOf = (errors: DomainErrors): Problem => {
  const gravest = (['forbidden', 'invalid', 'not-found', 'rule'] as const).find((tag) =>
    errors.some(({ _tag }) => _tag === tag),
  )!;
  const status = statuses[gravest];
  return new Problem(
    status,
    gravest.replace('-', '_'),
    titles[status],
    errors.map(({ _tag, ...detail }) => detail),
  );
};

export const failureProblem = (failure: Failure): Problem => {
  switch (failure._tag) {
    case 'refused':
      return problemOf(failure.errors);
    case 'command-id-reused':
      return new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request');
    case 'precondition-failed':
      return new Problem(412, 'precondition_failed', 'It was changed since you read it');
    case 'erased':
      return new Problem(410, 'erased', 'The personal data that this needs were erased');
    case 'contended':
      return new Problem(503, 'contended', 'Others keep changing it: ask again', [], { 'retry-after': '1' });
  }
};
