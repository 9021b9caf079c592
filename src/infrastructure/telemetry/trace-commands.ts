import type { CommandBus } from '@nestjs/cqrs';
import type { Tracer } from '@opentelemetry/api';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Failure } from '../../application/failure.js';
import { inSpan } from './spans.js';

/** A span for each command that goes over the bus, by its name and by what it came to; nothing of what it holds. */
export const traceCommands = (tracer: Tracer, bus: CommandBus): void => {
  const execute: (command: object) => Promise<Either<Failure, unknown>> = bus.execute.bind(bus);
  bus.execute = (command: object) =>
    inSpan(tracer, command.constructor.name, {}, async (span) => {
      const result = await execute(command);
      span.setAttribute('madoguchi.outcome', result._tag === 'Right' ? 'done' : result.left._tag);
      return result;
    });
};
