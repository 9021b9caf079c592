import type { Tracer } from '@opentelemetry/api';
import { inSpan, isTraced } from './spans.js';

/** The same port, each of its calls a span of whatever is under way; arguments and answers stay out of it. */
export const tracedPort = <P extends object>(tracer: Tracer, name: string, port: P): P =>
  new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function' || typeof key !== 'string') return member;
      return (...args: ReadonlyArray<unknown>): unknown => {
        const call = () => member.apply(target, args) as Promise<unknown>;
        return isTraced() ? inSpan(tracer, `${name}.${key}`, {}, call) : call();
      };
    },
  });
