import { randomUUID } from 'node:crypto';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadPosition } from '../../application/ports/event-store.js';
import { BeyondCalendar } from '../../application/ports/office-calendar.js';
import { BadCursor } from '../../application/ports/page.js';
import { ViewUnavailable } from '../../application/ports/views.js';
import type { OperationSpec } from './operation.js';
import { Problem } from './problem.js';

const byStatus: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['malformed', 'The request cannot be read'],
  404: ['route_not_found', 'There is no such route'],
  408: ['timeout', 'The request took too long'],
  413: ['too_large', 'The request is too large'],
  414: ['uri_too_long', 'The address is too long'],
  415: ['unsupported_media_type', 'The body must be application/json'],
};

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
    void reply
      .status(problem.status)
      .headers(problem.headers)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem.body()));
  }

  private problem(exception: unknown, request: FastifyRequest): Problem {
    if (exception instanceof Problem) return exception;
    if (exception instanceof BadPosition) return new Problem(400, exception.code, exception.message);
    if (exception instanceof BadCursor) return new Problem(400, 'bad_cursor', 'No page ended there');
    if (exception instanceof BeyondCalendar)
      return new Problem(503, 'beyond_calendar', 'The table of holidays ends before this moment: update it');
    if (exception instanceof ViewUnavailable)
      return new Problem(503, 'view_building', exception.message, [], { 'retry-after': '5' });
    const status = statusOf(exception);
    if (status === 404) return this.notFound(request);
    const known = byStatus[status];
    if (known !== undefined) return new Problem(status, ...known);
    const id = randomUUID();
    const { name, message, stack } = exception instanceof Error ? exception : new Error(String(exception));
    this.logger.error(`${id} ${name}: ${message}`, stack);
    return new Problem(500, 'unforeseen', `Something went wrong; the log knows more under ${id}`);
  }

  private notFound(request: FastifyRequest): Problem {
    const path = request.url.split('?', 1)[0]!;
    const allowed = this.operations
      .filter((spec) => new RegExp(`^${spec.path.replaceAll(/:\w+/g, '[^/]+')}/?$`).test(path))
      .map(({ method }) => method.toUpperCase());
    return allowed.length === 0
      ? new Problem(404, ...byStatus[404]!)
      : new Problem(405, 'method_not_allowed', 'The route knows other methods only', [], { allow: allowed.join(', ') });
  }
}

const statusOf = (exception: unknown): number => {
  if (exception instanceof HttpException) return exception.getStatus();
  const status = (exception as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : 500;
};
