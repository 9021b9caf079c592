import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { program } from '../../src/infrastructure/cli/program.js';
import { configOf, isLoopback } from '../../src/infrastructure/config.js';
import { operationsOf } from '../../src/infrastructure/http/operation.js';
import { controllers } from '../../src/infrastructure/http/routes/controllers.js';
import { bin, engines, pinned, placeOf, textOf } from './compose-file.js';
import { commandOf, copied, environment, image, only, stages } from './dockerfile.js';

describe('the image', () => {
  test('runs on the Node that the lock file brings, which package.json allows', () => {
    const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, { version: string }> };
    const locked = packages['node_modules/node']!.version;
    const bases = stages.map(([from]) => from!.words[0]!);
    expect(bases).toEqual(bases.map(() => `node:${locked}-bookworm-slim`));
    expect(bases.filter((base) => !pinned.test(base))).toEqual([]);
    expect(engines.node).toBe(`>=${locked.split('.')[0]}`);
  });

  test('ends as an unprivileged user, who owns nothing but the data', () => {
    const after = image.slice(image.indexOf(only('USER')) + 1).map(({ name }) => name);
    expect(only('USER').text).toBe('node');
    expect(after.filter((name) => ['RUN', 'COPY', 'ADD', 'USER'].includes(name))).toEqual([]);
    expect(image.filter(({ text }) => /--chown|chown /.test(text))).toEqual([]);
    expect(only('VOLUME').text).toBe(environment['MADOGUCHI_DATA']);
  });

  test('holds what runs: no sources, tests or development packages', () => {
    expect(copied(image).toSorted()).toEqual([
      'LICENSE',
      'NOTICE',
      'bin',
      'package-lock.json',
      'package.json',
      'sample',
    ]);
    expect(image.filter(({ text }) => text.startsWith('--from=')).map(({ text }) => text)).toEqual([
      '--from=build /build/dist ./dist',
    ]);
    expect(image.filter(({ text }) => text.startsWith('npm ')).map(({ text }) => text)).toEqual([
      'npm ci --omit=dev && npm cache clean --force',
    ]);
  });

  test('starts the command line with words that it knows', () => {
    const [node, file, ...none] = commandOf('ENTRYPOINT');
    const [name, ...options] = commandOf('CMD');
    const command = program('1.2.3').commands.find((each) => each.name() === name);
    expect([node, file, none]).toEqual(['node', bin.madoguchi, []]);
    expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(options));
  });

  test('listens where others reach it, so that it starts with keys of an identity provider alone', () => {
    const config = configOf(environment);
    if (E.isLeft(config)) throw new Error(JSON.stringify(config.left));
    expect(isLoopback(config.right.host)).toBe(false);
    expect(only('EXPOSE').text).toBe(String(config.right.port));
  });
});

describe('its health check', () => {
  const [node, ...args] = commandOf('HEALTHCHECK');

  /** The exit code beside a server that answers every request with `status`, to the paths that were asked for. */
  const checked = async (status: number) => {
    const asked: Array<string | undefined> = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    return { code: await exitCode((server.address() as AddressInfo).port), asked };
  };

  const exitCode = async (port: number): Promise<unknown> => {
    const child = execFile(process.execPath, args, { env: { PORT: String(port) } });
    const [code] = await once(child, 'exit');
    return code;
  };

  test('asks an open operation whether the process answers', async () => {
    expect(node).toBe('node');
    const { code, asked } = await checked(200);
    expect(code).toBe(0);
    const open = operationsOf(controllers).filter((operation) => operation.open);
    expect(open.map(({ path }) => path)).toEqual(expect.arrayContaining(asked));
    expect(asked).toEqual(['/health/live']);
  });

  test('fails where it answers an error', async () => {
    expect(await checked(503)).toMatchObject({ code: 1 });
  });

  test('fails where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await exitCode(port)).toBe(1);
  });
});

describe('what is sent to be built', () => {
  const [first, ...others] = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  test('is nothing but what the Dockerfile copies', () => {
    expect(first).toBe('*');
    expect(others.toSorted()).toEqual([...new Set(copied(stages.flat()))].map((path) => `!${path}`).toSorted());
    expect(others.filter((line) => !existsSync(placeOf(line.slice(1))))).toEqual([]);
  });

  test('so is no data, no history and no secret', () => {
    const kept = ['.git', 'deploy', ...textOf('.gitignore').trim().split('\n')].map((path) => path.replace('/', ''));
    expect(kept).toEqual(expect.arrayContaining(['data', 'node_modules', 'dist']));
    expect(kept.filter((path) => others.some((line) => line.slice(1).split('/')[0] === path))).toEqual([]);
  });
});
