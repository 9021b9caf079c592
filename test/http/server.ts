import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Logger } from '@nestjs/common';
import * as E from 'fp-ts/lib/Either.js';
import { issueToken } from '../../src/infrastructure/auth/tokens.js';
import { readOrCreateTokenKey } from '../../src/infrastructure/auth/token-keys.js';
import { configOf } from '../../src/infrastructure/config.js';
import { tokenKeyFile } from '../../src/infrastructure/config.js';
import { serve, type ServeOptions, type Served } from '../../src/infrastructure/server/serve.js';

export interface Sent {
  /** `role` or `role@department`; absent: without a token. */
  readonly as?: string | undefined;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless it is text or bytes, which are sent as they are. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line no-explicit-any -- a test says what it expects
  readonly body: any;
}

/** The whole server over a data directory of its own, in this process, on a port that was free. */
export class TestServer {
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor(
    readonly url: string,
    readonly data: string,
    /** All that was logged, a line each. */
    readonly log: ReadonlyArray<string>,
    private readonly served: Served,
  ) {}

  /** Listens on loopback, without the sample city unless asked for. To be closed. */
  static async start({
    sample = false,
    env = {},
    traces,
  }: { sample?: boolean; env?: NodeJS.ProcessEnv; traces?: ServeOptions['traces'] } = {}) {
    const data = mkdtempSync(join(tmpdir(), 'madoguchi-'));
    const config = configOf({ PORT: '0', HOST: '127.0.0.1', MADOGUCHI_DATA: data, ...env });
    if (E.isLeft(config)) throw new Error(JSON.stringify(config.left));
    const log: string[] = [];
    const line = (...parts: unknown[]) => void log.push(parts.join(' '));
    Logger.overrideLogger({ log: line, warn: line, error: line, fatal: line });
    try {
      const served = await serve(config.right, { version: '1.2.3', sample, traces });
      return new TestServer(served.url, data, log, served);
    } catch (error) {
      rmSync(data, { recursive: true });
      throw error;
    }
  }

  /** Ends the server and removes its data. */
  async close(): Promise<void> {
    await this.served.close();
    Logger.overrideLogger(false);
    rmSync(this.data, { recursive: true });
  }

  async send({ as, method, path, headers, body }: Sent): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(as !== undefined && { authorization: `Bearer ${await this.token(as)}` }),
        ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: (raw ? body : JSON.stringify(body)) as string }),
    });
    const text = await response.text();
    const isJson = /^application\/([a-z]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  }

  get(as: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send({ as, method: 'GET', path, headers });
  }

  /** A command under a fresh Idempotency-Key, unless `headers` names one. */
  command(as: string, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    return this.send({ as, method, path, body, headers: { 'idempotency-key': randomUUID(), ...headers } });
  }

  /** A command that must succeed; resolves to what it answers. */
  async done(...args: Parameters<TestServer['command']>): Promise<Answer> {
    const answer = await this.command(...args);
    if (answer.status >= 300) throw new Error(`${args[1]} ${args[2]}: ${answer.text}`);
    return answer;
  }

  /** Of the development issuer, for `role` or `role@department`. */
  token(as: string): Promise<string> {
    let token = this.tokens.get(as);
    if (token === undefined) this.tokens.set(as, (token = this.issue(as)));
    return token;
  }

  private async issue(as: string): Promise<string> {
    const [role, department] = as.split('@');
    const asked = { subject: `test-${role}`, role, hours: 1, ...(department !== undefined && { department }) };
    const token = await issueToken(await readOrCreateTokenKey(tokenKeyFile({ data: this.data })), asked);
    if (E.isLeft(token)) throw new Error(JSON.stringify(token.left));
    return token.right;
  }

  /** How many events the store's file holds. */
  storedEvents(): number {
    const file = new DatabaseSync(join(this.data, 'events.sqlite'), { readOnly: true });
    try {
      return (file.prepare('SELECT count(*) AS events FROM events').get() as { events: number }).events;
    } finally {
      file.close();
    }
  }

  /** Resolves once the reactions have dealt with everything stored. */
  async settled(): Promise<void> {
    for (;;) {
      const { body } = await this.send({ method: 'GET', path: '/health/ready' });
      if (body.reactions.every(({ pending }: { pending: number }) => pending === 0)) return;
    }
  }
}
