import { Logger, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { OperationSpec } from './operation.js';
import { serveReference } from './reference.js';
import { readBodies } from './bodies.js';
import { refuseAddress, refuseBytes } from './unreadable.js';

/** The largest body, in bytes, of an operation that says nothing else. */
const BODY_LIMIT = 262_144;

/** What a browser may do with any answer; the reference page has a policy of its own. */
const SAFE = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The HTTP application, ready to listen. Its log knows routes and times, no address, query, header or body. */
export const createHttp = async (
  module: DynamicModule,
  operations: ReadonlyArray<OperationSpec>,
  version: string,
  traces?: { requests(fastify: FastifyInstance): void },
): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 300, querystringParser: (text: string) => queryOf(text) },
    forceCloseConnections: 'idle',
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseBytes,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    // Nest's own account of every route is of no use to who runs this.
    logger: ['error', 'warn'],
    abortOnError: false,
    // Nest would take forms as well.
    bodyParser: false,
  });
  const logger = new Logger('HTTP');
  const fastify = app.getHttpAdapter().getInstance();
  readBodies(fastify, operations);
  traces?.requests(fastify);
  fastify.addHook('onRequest', async (_request, reply) => void reply.headers(SAFE));
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown route';
    logger.log(`${request.method} ${route} ${reply.statusCode} ${Math.round(reply.elapsedTime)} ms`);
  });
  // A connection that was busy when closing began would stay open until its client is tired of it.
  let closing = false;
  fastify.addHook('preClose', async () => void (closing = true));
  fastify.addHook('onResponse', async () => {
    if (closing) setImmediate(() => fastify.server.closeIdleConnections());
  });
  await serveReference(app, operations, version);
  await app.init();
  Logger.overrideLogger(['log', 'warn', 'error', 'fatal']);
  return app;
};

/** A parameter that stands twice becomes a list, which no codec of a query takes. */
const queryOf = (text: string): Record<string, unknown> => {
  const query: Record<string, unknown> = Object.create(null);
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length === 1 ? values[0] : values;
  }
  return query;
};
