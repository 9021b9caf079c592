import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { specOf } from '../http/operation.js';
import { Problem } from '../http/problem.js';
import { TokenVerifier } from './tokens.js';

/** Lets nobody in without a valid token, but to the open operations (S9, K10). */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly tokens: TokenVerifier) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (specOf(context.getHandler())?.open === true) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const actor = token === undefined ? undefined : await this.tokens.actor(token);
    if (actor === undefined)
      throw new Problem(401, 'unauthorised', 'A valid bearer token is needed', [], {
        'www-authenticate': 'Bearer realm="madoguchi"',
      });
    request.actor = actor;
    return true;
  }
}
