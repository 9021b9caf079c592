import type { Provider } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import type { Tracer } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { Reaction } from '../../application/reactions/reaction.js';
import type { Storage } from '../server/storage.js';
import { traceCommands } from './trace-commands.js';
import { traceRequests } from './trace-requests.js';
import { TracedEventStore } from './traced-event-store.js';
import { tracedPort } from './traced-port.js';
import { TracedReaction } from './traced-reaction.js';

/** What the server puts around its parts while it wires them; without it they stay as they are, and nothing is traced. */
export class Traces {
  constructor(
    private readonly tracer: Tracer,
    /** Sends what has ended, within a bound. */
    readonly close: () => Promise<void>,
  ) {}

  storage(storage: Storage): Storage {
    return {
      ...storage,
      store: new TracedEventStore(storage.store, this.tracer),
      views: tracedPort(this.tracer, 'Views', storage.views),
      viewPorts: storage.viewPorts.map((port) => this.port(port)),
    };
  }

  requests(fastify: FastifyInstance): void {
    traceRequests(this.tracer, fastify);
  }

  commands(bus: CommandBus): void {
    traceCommands(this.tracer, bus);
  }

  reaction(reaction: Reaction): Reaction {
    return new TracedReaction(reaction, this.tracer);
  }

  private port(provider: Provider): Provider {
    if (typeof provider === 'function' || !('useValue' in provider || 'useFactory' in provider)) return provider;
    const { provide } = provider;
    const name = typeof provide === 'function' ? provide.name : String(provide);
    const traced = (port: object) => tracedPort(this.tracer, name, port);
    if ('useValue' in provider) return { provide, useValue: traced(provider.useValue as object) };
    const { useFactory } = provider;
    return { ...provider, useFactory: (...needed: unknown[]) => traced(useFactory(...needed) as object) };
  }
}
