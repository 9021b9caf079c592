import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { spanContextOf } from './traceparent.js';

/**
 * A span for each request, refused ones and unknown routes too; part of the trace that its traceparent names. Of the
 * address it knows the route alone; tracestate and baggage, where anybody may write anything, are not taken over.
 */
export const traceRequests = (tracer: Tracer, fastify: FastifyInstance): void => {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, routeOptions, headers } = request;
    const route = routeOptions.url;
    const caller = spanContextOf(headers['traceparent']);
    const span = tracer.startSpan(
      route === undefined ? method : `${method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': method, ...(route !== undefined && { 'http.route': route }) },
      },
      caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller),
    );
    spans.set(request, span);
    done();
  });
  // Not before: what reads the body calls back from outside any context.
  fastify.addHook('preHandler', (request, _reply, done) => {
    context.with(trace.setSpan(context.active(), spans.get(request)!), done);
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const span = spans.get(request)!;
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    done();
  });
};
