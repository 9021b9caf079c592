import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import * as E from 'fp-ts/lib/Either.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Outcome } from '../../application/aggregates/request.js';
import type { Failure } from '../../application/failure.js';
import type { Position } from '../../application/ports/event-store.js';
import { Views } from '../../application/ports/views.js';
import { integer, record, text } from '../../domain/kernel/codec.js';
import { PositionHeader } from './input.js';
import { specOf } from './operation.js';
import { failureProblem, Problem } from './problem.js';

/** What a command answers: what it was about, and where its stream stands after it. */
export const Done = record('Done', {
  id: text(80),
  revision: integer(0, Number.MAX_SAFE_INTEGER),
  position: PositionHeader,
});

/** How long a read waits for its view. */
const PATIENCE_MS = 5_000;

/** Lets reads wait for their view, and puts a command's outcome into status, headers and body. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly views: Views) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const spec = specOf(context.getHandler());
    const waitFor = http.getRequest<FastifyRequest>().headers['madoguchi-wait-for'];
    // What is no position is refused with whatever else is wrong with the request.
    if (spec?.view !== undefined && PositionHeader.is(waitFor)) await this.wait(spec.view, waitFor);
    const reply = http.getResponse<FastifyReply>();
    void reply.header('cache-control', 'no-store');
    return next.handle().pipe(
      map((result: unknown) => {
        if (spec?.command === true) return answered(result, reply);
        if (spec?.etag === true) tag(reply, result as { readonly revision: number });
        return result;
      }),
    );
  }

  private async wait(view: Parameters<Views['waitFor']>[0], position: Position): Promise<void> {
    if (await this.views.waitFor(view, position, AbortSignal.timeout(PATIENCE_MS))) return;
    const reached = await this.views.positionOf(view);
    throw new Problem(503, 'view_behind', `The view ${view} has not come that far`, [], {
      'retry-after': '1',
      ...(reached !== undefined && { 'madoguchi-position': reached }),
    });
  }
}

const answered = (result: unknown, reply: FastifyReply): unknown => {
  const either = result as E.Either<Failure, Outcome>;
  if (E.isLeft(either)) throw failureProblem(either.left);
  tag(reply, either.right);
  void reply.header('madoguchi-position', either.right.position);
  return either.right;
};

const tag = (reply: FastifyReply, { revision }: { readonly revision: number }): void =>
  void reply.header('etag', `"${revision}"`);
