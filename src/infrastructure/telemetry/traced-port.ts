import type { Tracer } from '@opentelemetry/api';
import { fail, isTraced } from './spans.js';

/** The same port, what it is asked a span of whatever is under way; arguments and answers stay out of it. */
export const tracedPort = <P extends object>(tracer: Tracer, name: string, port: P): P =>
  new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function' || typeof key !== 'string') return member;
      return (...args: ReadonlyArray<unknown>): unknown => {
        const call = (): unknown => member.apply(target, args);
        return isTraced() ? traced(tracer, `${name}.${key}`, call) : call();
      };
    },
  });

const traced = (tracer: Tracer, name: string, call: () => unknown): unknown =>
  tracer.startActiveSpan(name, (span) => {
    const answer = call();
    // What is known at once is worth no span: one that does not end is not sent.
    if (!(answer instanceof Promise)) return answer;
    const failed = (error: unknown) => {
      fail(span, error);
      throw error;
    };
    return answer.catch(failed).finally(() => span.end());
  });
