import type { FastifyInstance } from 'fastify';
import type { OperationSpec } from './operation.js';

/** A body that came as CSV, for an operation that takes it. */
export class CsvText {
  constructor(readonly text: string) {}
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Bodies are JSON, or CSV where the operation takes it, in UTF-8 and nothing else: bytes that are no text would be stored
 * as U+FFFD, and so lost. A byte order mark is no part of the text.
 */
export const readBodies = (fastify: FastifyInstance, operations: ReadonlyArray<OperationSpec>): void => {
  const specs = new Map(operations.map((spec) => [`${spec.method.toUpperCase()} ${spec.path}`, spec]));
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const text = textOf(bytes);
    if (text instanceof Error) return done(text);
    void parse(request, text, done);
  });
  fastify.addContentTypeParser<Buffer>('text/csv', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (specs.get(`${request.method} ${request.routeOptions.url}`)?.csv === undefined)
      return done(Object.assign(new Error('no CSV here'), { statusCode: 415 }));
    const text = textOf(bytes);
    if (text instanceof Error) return done(text);
    done(null, new CsvText(text));
  });
  fastify.addHook('onRoute', (route) => {
    const limit = specs.get(`${String(route.method)} ${route.url}`)?.bodyLimit;
    if (limit !== undefined) route.bodyLimit = limit;
  });
};

const textOf = (bytes: Buffer): string | Error => {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    return Object.assign(error as Error, { statusCode: 400 });
  }
};
