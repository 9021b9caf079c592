import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { Controller, Logger, Module, StreamableFile } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { onTestFinished } from 'vitest';
import type { Outcome } from '../../src/application/aggregates/request.js';
import type { Failure } from '../../src/application/failure.js';
import type { Position } from '../../src/application/ports/event-store.js';
import { Views } from '../../src/application/ports/views.js';
import { flag, integer, list, oneOf, pattern, record, text } from '../../src/domain/kernel/codec.js';
import { Instant } from '../../src/domain/kernel/time.js';
import { BearerGuard } from '../../src/infrastructure/auth/bearer-guard.js';
import { readOrCreateTokenKey } from '../../src/infrastructure/auth/token-keys.js';
import { developmentVerifier, issueToken, TokenVerifier } from '../../src/infrastructure/auth/tokens.js';
import { AnswerInterceptor, Done } from '../../src/infrastructure/http/answer.js';
import { createHttp } from '../../src/infrastructure/http/create-http.js';
import { found } from '../../src/infrastructure/http/found.js';
import { Input } from '../../src/infrastructure/http/input.js';
import { Handles, operation, operationsOf, type InputOf } from '../../src/infrastructure/http/operation.js';
import { ProblemFilter } from '../../src/infrastructure/http/problem-filter.js';
import { tempDir } from '../support/temp-dir.js';

const tag = 'Things';
const ThingId = pattern<string>('the id of a thing', /^[a-z]{1,20}-\d{1,4}$/, { maxLength: 25, examples: ['thing-1'] });
const params = record('ThingPath', { id: ThingId });
const Maker = record('Maker', { name: text(20), since: Instant }, { email: text(40) });
const Thing = record(
  'Thing',
  { title: text(30), size: integer(1, 9), kind: oneOf('small', 'large'), maker: Maker },
  { fragile: flag, colours: list(oneOf('red', 'green', 'blue'), 2) },
);
const done = { status: 200, description: 'Done.', body: Done } as const;

const make = operation({
  method: 'post',
  path: '/things',
  tag,
  summary: 'Make a thing',
  body: Thing,
  command: true,
  success: { ...done, status: 201 },
});
const change = operation({
  method: 'put',
  path: '/things/:id',
  tag,
  summary: 'Change a thing',
  params,
  body: Thing,
  command: true,
  ifMatch: true,
  success: done,
});
const discard = operation({
  method: 'delete',
  path: '/things/:id',
  tag,
  summary: 'Discard a thing',
  params,
  command: true,
  success: done,
});
const find = operation({
  method: 'get',
  path: '/things',
  tag,
  summary: 'Find things',
  query: record('ThingQuery', { q: text(40) }, { limit: integer(1, 50), fragile: flag, kind: oneOf('small', 'large') }),
  view: 'directory',
  success: { status: 200, description: 'Things.', body: record('Things', { items: t.readonlyArray(Thing) }) },
});
const get = operation({
  method: 'get',
  path: '/things/:id',
  tag,
  summary: 'One thing',
  params,
  success: { status: 200, description: 'The thing.', body: Thing },
});
const sound = operation({
  method: 'get',
  path: '/sounds/:id',
  tag,
  summary: 'What it sounds like',
  params,
  success: { status: 200, description: 'The sound.', body: { mediaType: 'audio/wav' } },
});
const open = operation({
  method: 'get',
  path: '/open',
  tag,
  summary: 'For everybody',
  open: true,
  success: { status: 200, description: 'Open.', body: record('Open', { open: flag }) },
});

/** What the test lets the application behind the routes do; set by each test for itself. */
export class Behind {
  /** Inputs that reached a handler. */
  readonly seen: unknown[] = [];
  command: () => Promise<E.Either<Failure, Outcome>> = async () =>
    E.right({ id: 'thing-1', revision: 3, position: '0-3' as Position });
  read: () => Promise<object | undefined> = async () => ({ items: [] });
  sound: () => AsyncIterable<Uint8Array> = async function* () {
    yield Buffer.from('RIFF');
  };
  view: (position: Position, signal: AbortSignal) => Promise<boolean> = async () => true;
}

@Controller()
class ThingsController {
  constructor(private readonly behind: Behind) {}

  @Handles(make)
  make(@Input() input: Input & InputOf<typeof make>) {
    return this.command(input);
  }

  @Handles(change)
  change(@Input() input: Input & InputOf<typeof change>) {
    return this.command(input);
  }

  @Handles(discard)
  discard(@Input() input: Input & InputOf<typeof discard>) {
    return this.command(input);
  }

  @Handles(find)
  async find(@Input() input: InputOf<typeof find>) {
    this.behind.seen.push(input);
    return this.behind.read();
  }

  @Handles(get)
  async get(@Input() input: InputOf<typeof get>) {
    this.behind.seen.push(input);
    return found(await this.behind.read(), 'thing');
  }

  @Handles(sound)
  sound(@Input() _: InputOf<typeof sound>) {
    return new StreamableFile(Readable.from(this.behind.sound()), { type: 'audio/wav' });
  }

  @Handles(open)
  open(@Input() _: Input) {
    return { open: true };
  }

  private command(input: Input) {
    this.behind.seen.push(input);
    return this.behind.command();
  }
}

export const operations = operationsOf([ThingsController]);

@Module({})
class KitModule {}

/** The HTTP face over routes of the test's own, listening on a port of its own. */
export class Kit {
  /** All that was logged, a line each. */
  readonly log: string[] = [];

  private constructor(
    readonly url: string,
    readonly app: NestFastifyApplication,
    readonly behind: Behind,
    readonly token: string,
  ) {}

  static async start(verifier?: TokenVerifier): Promise<Kit> {
    const key = await readOrCreateTokenKey(join(tempDir(), 'token-key.jwk'));
    const behind = new Behind();
    const views = {
      waitFor: (_: string, position: Position, signal: AbortSignal) => behind.view(position, signal),
      positionOf: async () => undefined,
    };
    const module = {
      module: KitModule,
      controllers: [ThingsController],
      providers: [
        { provide: Behind, useValue: behind },
        { provide: Views, useValue: views },
        { provide: TokenVerifier, useValue: verifier ?? developmentVerifier(key) },
        { provide: APP_GUARD, useClass: BearerGuard },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
        { provide: APP_FILTER, useValue: new ProblemFilter(operations) },
      ],
    };
    const app = await createHttp(module, operations, '1.2.3');
    await app.listen(0, '127.0.0.1');
    onTestFinished(() => app.close());
    const issued = await issueToken(key, { subject: 'op-0001', role: 'operator', hours: 1 });
    if (E.isLeft(issued)) throw new Error(JSON.stringify(issued.left));
    const kit = new Kit(await app.getUrl(), app, behind, issued.right);
    const line = (...parts: unknown[]) => void kit.log.push(parts.join(' '));
    Logger.overrideLogger({ log: line, warn: line, error: line, fatal: line });
    onTestFinished(() => Logger.overrideLogger(false));
    return kit;
  }

  /** A request with a valid token, unless its headers say otherwise. */
  fetch(path: string, { headers, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) {
    return fetch(this.url + path, { ...init, headers: { authorization: `Bearer ${this.token}`, ...headers } });
  }

  /** A command with a valid token, Idempotency-Key and JSON body, unless its headers say otherwise. */
  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return this.fetch(path, {
      method,
      headers: {
        'idempotency-key': '018f0000-0000-7000-8000-000000000001',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** What the server answers to these bytes on a connection of their own. */
  async raw(bytes: string): Promise<string> {
    const { hostname, port } = new URL(this.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('utf8')));
    socket.write(bytes);
    await once(socket, 'close');
    return answer;
  }
}

export const thing = {
  title: 'a lamp',
  size: 3,
  kind: 'small',
  maker: { name: 'Mihon Works', since: '2026-04-01T00:30:00.000Z' },
};
