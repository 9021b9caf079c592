import { randomUUID } from 'node:crypto';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadPosition, StoreUnavailable } from '../../application/ports/event-store.js';
import { KeysUnavailable } from '../../application/ports/key-vault.js';
import { BeyondCalendar } from '../../application/ports/office-calendar.js';
import { BadCursor } from '../../application/ports/page.js';
import { ViewUnavailable } from '../../application/ports/views.js';
import { invalid } from '../../domain/kernel/errors.js';
import type { OperationSpec } from './operation.js';
import { Problem, problemOf, sendProblem, unreadProblem } from './problem.js';

/** Answers every exception as problem+json; what was unforeseen goes to the log under an id, never to the client. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('HTTP');

  constructor(private readonly operations: ReadonlyArray<OperationSpec>) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const problem = this.problem(exception, http.getRequest<FastifyRequest>());
    const reply = http.getResponse<FastifyReply>();
    // Bytes are on their way: the connection breaks off, so that nobody takes half an answer for a whole one.
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, problem);
  }

  private problem(exception: unknown, request: FastifyRequest): Problem {
    if (exception instanceof Problem) return exception;
    if (exception instanceof BadPosition)
      return problemOf([invalid(exception.code, exception.message, 'header.madoguchi-wait-for')]);
    if (exception instanceof BadCursor)
      return problemOf([invalid('bad_cursor', 'is where no page of this list ended', 'query.after')]);
    if (exception instanceof BeyondCalendar)
      return new Problem(503, 'beyond_calendar', 'The table of holidays ends before this moment: update it');
    if (exception instanceof StoreUnavailable || exception instanceof KeysUnavailable) return this.outage(exception);
    if (exception instanceof ViewUnavailable)
      return exception.outage === undefined
        ? new Problem(503, 'view_building', exception.message, [], { 'retry-after': '5' })
        : new Problem(503, 'view_unavailable', exception.message, [], { 'retry-after': '2' });
    const status = statusOf(exception);
    if (status === 404) return this.notFound(request);
    return unreadProblem(status) ?? this.unforeseen(exception);
  }

  /** What a command came to may be unknown: the same request again, under its key, finds out. */
  private outage({ message }: StoreUnavailable | KeysUnavailable): Problem {
    this.logger.warn(message);
    const title = 'The event store or the keys do not answer: send the same request again';
    return new Problem(503, 'storage_unavailable', title, [], { 'retry-after': '2' });
  }

  /** A message may hold what a citizen said: the log gets the error's kind and place. */
  private unforeseen(exception: unknown): Problem {
    const id = randomUUID();
    const { name, stack, code } = exception as { name?: string; stack?: string; code?: unknown };
    const frames = (stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
    this.logger.error([`${id} ${[name, code].filter(Boolean).join(' ')}`, ...frames].join('\n'));
    return new Problem(500, 'unforeseen', `Something went wrong; the log knows more under ${id}`);
  }

  private notFound(request: FastifyRequest): Problem {
    const path = request.url.split('?', 1)[0]!;
    const allowed = this.operations
      .filter((spec) => new RegExp(`^${spec.path.replaceAll(/:\w+/g, '[^/]+')}/?$`).test(path))
      .map(({ method }) => method.toUpperCase());
    return allowed.length === 0
      ? unreadProblem(404)!
      : new Problem(405, 'method_not_allowed', 'The route knows other methods only', [], { allow: allowed.join(', ') });
  }
}

const statusOf = (exception: unknown): number => {
  if (exception instanceof HttpException) return exception.getStatus();
  const status = (exception as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : 500;
};
