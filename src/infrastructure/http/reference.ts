import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openApiDocument } from './openapi.js';
import type { OperationSpec } from './operation.js';

/** The page's own parts and nothing else, wherever a link in the document points. */
const PAGE_POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

/** Serves `/openapi.json`, and `/docs`, a reference page whose every part comes from this server: it works offline. */
export const serveReference = async (
  app: NestFastifyApplication,
  operations: ReadonlyArray<OperationSpec>,
  version: string,
): Promise<void> => {
  const document = openApiDocument(operations, version);
  const fastify = app.getHttpAdapter().getInstance();
  await app.register(fastifySwagger, { mode: 'static', specification: { document } } as never);
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    uiConfig: { validatorUrl: null, persistAuthorization: false, docExpansion: 'list' },
    theme: { title: 'Madoguchi' },
  } as never);
  fastify.get('/openapi.json', async (_request, reply) => {
    await reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(document));
  });
};
