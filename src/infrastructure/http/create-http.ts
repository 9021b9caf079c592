import { Logger, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { operationsOf } from './operation.js';
import { serveReference } from './reference.js';
import { controllers } from './routes/controllers.js';

/** The largest body that any operation takes, in bytes. */
const BODY_LIMIT = 262_144;

/** The HTTP application, ready to listen. Its log knows routes and times, no address, query, header or body. */
export const createHttp = async (module: DynamicModule, version: string): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 300, querystringParser: (text: string) => queryOf(text) },
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    // Nest's own account of every route is of no use to who runs this.
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const logger = new Logger('HTTP');
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', async (_request, reply) => {
    void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown route';
    logger.debug(`${request.method} ${route} ${reply.statusCode} ${Math.round(reply.elapsedTime)} ms`);
  });
  await serveReference(app, operationsOf(controllers), version);
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
