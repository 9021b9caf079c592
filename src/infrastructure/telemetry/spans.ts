import { SpanStatusCode, trace, type Span, type SpanOptions, type Tracer } from '@opentelemetry/api';

/** Runs `work` within a span of its own. */
export const inSpan = <A>(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<A>,
): Promise<A> =>
  tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });

/** Marks what a span went wrong by: its kind alone, since a message may repeat a value. */
export const fail = (span: Span, error: unknown): void => {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.constructor.name : typeof error);
};

/** Whether something is under way that a span can be part of: polls of our own begin no trace. */
export const isTraced = (): boolean => trace.getActiveSpan() !== undefined;
