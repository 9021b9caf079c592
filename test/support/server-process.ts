import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { issueToken } from '../../src/infrastructure/auth/tokens.js';
import { readOrCreateTokenKey } from '../../src/infrastructure/auth/token-keys.js';
import { tokenKeyFile } from '../../src/infrastructure/config.js';

const root = join(import.meta.dirname, '../..');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line no-explicit-any -- a test says what it expects
  readonly body: any;
}

/** The built program, run as a user runs it: in a process of its own, spoken to over HTTP. */
export class ServerProcess {
  private text = '';

  private constructor(
    readonly url: string,
    readonly data: string,
    private readonly child: ChildProcess,
    private readonly tokenKey: string,
    text: () => string,
  ) {
    Object.defineProperty(this, 'text', { get: text });
  }

  static async start(
    data: string,
    { sample = false, env = {} }: { sample?: boolean; env?: NodeJS.ProcessEnv } = {},
  ): Promise<ServerProcess> {
    if (!existsSync(join(root, 'dist/main.js'))) throw new Error('there is no dist/: run "npm run build" first');
    let text = '';
    const child = spawn(
      process.execPath,
      [join(root, 'bin/madoguchi.js'), 'serve', ...(sample ? [] : ['--no-sample'])],
      { env: { ...process.env, PORT: '0', HOST: '127.0.0.1', MADOGUCHI_DATA: data, ...env }, stdio: 'pipe' },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        text += chunk.toString('utf8');
        // oxlint-disable-next-line no-control-regex -- the log is coloured
        const served = /serving (http:\/\/\S+?)(?:\u001b|\s)/.exec(text)?.[1];
        if (served !== undefined) resolve(served);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', () => reject(new Error(`the server did not start:\n${text}`)));
    });
    return new ServerProcess(url, data, child, env['MADOGUCHI_TOKEN_KEY'] ?? tokenKeyFile({ data }), () => text);
  }

  /** All that it has printed. */
  output(): string {
    return this.text;
  }

  /** Resolves when it is gone; to its exit code, or the signal's name. */
  async kill(signal: NodeJS.Signals): Promise<number | string> {
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    const [code, by] = await gone;
    return code ?? by;
  }

  /** It answers nothing and does nothing, and keeps what it has open. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  wake(): void {
    this.child.kill('SIGCONT');
  }

  /** One request as a role; a command gets a fresh Idempotency-Key unless `headers` names one. */
  async ask(
    role: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      ...(signal !== undefined && { signal }),
      headers: {
        authorization: `Bearer ${await this.token(role)}`,
        ...(method !== 'GET' && { 'idempotency-key': randomUUID() }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** As `ask`, and fails unless the answer is a success. */
  async done(...args: Parameters<ServerProcess['ask']>): Promise<Answer> {
    const answer = await this.ask(...args);
    if (answer.status >= 300) throw new Error(`${args[1]} ${args[2]}: ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** A token of the development issuer, for `role` or `role@department`. */
  async token(as: string): Promise<string> {
    const [role, department] = as.split('@');
    const key = await readOrCreateTokenKey(this.tokenKey);
    const asked = { subject: `test-${role}`, role, hours: 1, ...(department !== undefined && { department }) };
    const token = await issueToken(key, asked);
    if (token._tag === 'Left') throw new Error(JSON.stringify(token.left));
    return token.right;
  }
}
