import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { viewNames } from '../../src/application/ports/views.js';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';

const bin = join(import.meta.dirname, '../../bin/madoguchi.js');

/** `madoguchi views ...` as it is run beside a server, on its way. */
class Run {
  out = '';
  err = '';
  readonly #ended: Promise<readonly unknown[]>;
  readonly #child: ChildProcess;

  constructor(args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [bin, 'views', ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => (this.out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (this.err += chunk.toString('utf8')));
    onTestFinished(() => void child.kill('SIGKILL'));
    this.#child = child;
    this.#ended = once(child, 'close');
  }

  /** Resolves when it has printed this. */
  async printed(text: string | RegExp): Promise<void> {
    await vi.waitUntil(() => new RegExp(text).test(this.out), { timeout: 30_000, interval: 20 });
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  async ended() {
    const [code] = await this.#ended;
    return { code, out: this.out, err: this.err };
  }
}

/** As one who can read the data directory runs it. */
const beside = (server: ServerProcess): NodeJS.ProcessEnv => ({
  PORT: new URL(server.url).port,
  MADOGUCHI_DATA: server.data,
});

const run = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv) => new Run(args, env).ended();

const department = { name: '見本課' };

/** A server whose directory has stopped before an event that no program of ours would store. */
const withStoppedView = async (): Promise<ServerProcess> => {
  const data = tempDir();
  const before = await ServerProcess.start(data);
  await before.done('administrator', 'PUT', '/departments/mihon', department);
  await before.kill('SIGTERM');
  const file = new DatabaseSync(join(data, 'events.sqlite'));
  file.exec(`
    INSERT INTO events (position, stream, revision, id, type, data, metadata, recorded_at)
    SELECT position + 1, stream, revision + 1, 'planted', type, '{"name": "himitsu", "colour": "himitsu"}', metadata, recorded_at
    FROM events ORDER BY position DESC LIMIT 1`);
  file.close();
  const server = await ServerProcess.start(data);
  await expect
    .poll(async () => (await server.done('operator', 'GET', '/views')).body.items, { timeout: 30_000 })
    .toContainEqual(expect.objectContaining({ view: 'directory', state: 'stopped' }));
  return server;
};

describe('views status', { timeout: 120_000 }, () => {
  test('shows each view in a row, or those that are named', async () => {
    const server = await ServerProcess.start(tempDir(), { sample: true });
    const { body } = await server.done('operator', 'GET', '/views');
    const { code, out, err } = await run(['status'], beside(server));
    expect([code, err]).toEqual([0, '']);
    const [titles, ...rows] = out.trimEnd().split('\n');
    expect(titles!.split(/\s+/)).toEqual('VIEW STATE VERSION EVENTS BEHIND AGE REBUILD RATE LEFT'.split(' '));
    const expected = body.items.map((item: { view: string; version: string; events: number }) => [
      item.view,
      'live',
      item.version,
      String(item.events),
      '0',
      '-',
      '-',
      '-',
      '-',
    ]);
    expect(rows.map((row) => row.split(/\s+/))).toEqual(expected);
    expect(rows).toHaveLength(viewNames.length);

    const some = await run(['status', 'directory', 'recordings'], beside(server));
    expect(
      some.out
        .split('\n')
        .slice(1, -1)
        .map((row) => row.split(' ')[0]),
    ).toEqual(['recordings', 'directory']);
    const raw = await run(['status', '--json'], beside(server));
    expect(JSON.parse(raw.out)).toEqual(body);
  });

  test('says what a view has stopped before, in its exit code too; a rebuild comes to the same end', async () => {
    const server = await withStoppedView();
    const status = await run(['status'], beside(server));
    expect([status.code, status.err]).toEqual([1, '']);
    expect(status.out).toMatch(/\ndirectory +stopped .*\n  stopped before DepartmentOpened planted: /);
    expect((await run(['status', 'recordings'], beside(server))).code).toBe(0);

    const rebuilt = await run(['rebuild', 'directory', 'recordings'], beside(server));
    expect([rebuilt.code, rebuilt.err]).toEqual([1, '']);
    expect(rebuilt.out).toMatch(/^directory: stopped before DepartmentOpened planted: /m);
    expect(rebuilt.out).toMatch(/^recordings: swapped in, version \S+, 0 events$/m);
    expect(status.out + rebuilt.out).not.toContain('himitsu');
  });

  test('watched, it waits for a server that is started anew, and ends when it is interrupted', async () => {
    const server = await ServerProcess.start(tempDir());
    const watch = new Run(['status', '--watch', 'directory'], beside(server));
    await watch.printed(/directory +live +\S+ +0 /);
    await server.kill('SIGTERM');
    await watch.printed(`no server answers at ${server.url}`);
    const again = await ServerProcess.start(server.data, { env: { PORT: new URL(server.url).port } });
    await again.done('administrator', 'PUT', '/departments/mihon', department);
    await watch.printed(/directory +live +\S+ +1 /);
    watch.interrupt();
    expect(await watch.ended()).toMatchObject({ code: 0, err: '' });
  });
});

describe('views rebuild', { timeout: 120_000 }, () => {
  test('shows how it goes until the views are swapped in', async () => {
    const server = await ServerProcess.start(tempDir(), { sample: true });
    const { body } = await server.done('operator', 'GET', '/views');
    const { code, out, err } = await run(['rebuild', '--all'], beside(server));
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    for (const { view, version, events } of body.items) {
      const told = lines.filter((line) => line.startsWith(`${view}: `));
      expect(told.at(-1)).toBe(`${view}: swapped in, version ${version}, ${events} events`);
      expect(told.slice(0, -1).join('\n')).toMatch(/^(.*: (has not begun|\d+ of \d+ events, \d+ a second.*)\n?)*$/);
    }
    expect(lines[0]).not.toContain('swapped in');
  });

  test('interrupted, it leaves the rebuild to the server and says so', async () => {
    const server = await ServerProcess.start(tempDir(), { sample: true });
    const rebuild = new Run(['rebuild', '--all'], beside(server));
    await rebuild.printed('analytics: has not begun');
    rebuild.interrupt();
    const { code, out, err } = await rebuild.ended();
    expect([code, err]).toEqual([130, '']);
    expect(out).toMatch(/the server goes on with it; to see how: madoguchi views status --watch\n$/);
    const rebuilding = async () =>
      (await server.done('operator', 'GET', '/views')).body.items.filter((item: object) => 'rebuild' in item).length;
    expect(await rebuilding()).toBeGreaterThan(0);
    await expect.poll(rebuilding, { timeout: 30_000 }).toBe(0);
  });
});

describe('views', { timeout: 120_000 }, () => {
  test('takes the token that is named, of any kind of server', async () => {
    const server = await ServerProcess.start(tempDir());
    const token = await server.token('operator');
    const elsewhere = { MADOGUCHI_DATA: join(tempDir(), 'absent') };
    const at = ['--url', server.url];
    expect((await run(['status', ...at, '--token', token], elsewhere)).code).toBe(0);
    expect((await run(['status', ...at], { ...elsewhere, MADOGUCHI_TOKEN: token })).code).toBe(0);
    const none = await run(['status', ...at], elsewhere);
    expect(none.err).toMatch(/^madoguchi: name an administrator's token in --token or MADOGUCHI_TOKEN/);
    const wrong = await run(['status', ...at, '--token', 'a.b.c'], elsewhere);
    expect(wrong.err).toMatch(/^madoguchi: the server does not take this token/);
    const operator = await run(['rebuild', 'directory', ...at, '--token', token], elsewhere);
    expect(operator.err).toMatch(/^madoguchi: only an administrator may do this/);
    expect([none.code, wrong.code, operator.code]).toEqual([1, 1, 1]);
  });

  test('names the views when one is unknown, and asks for those to rebuild', async () => {
    const server = await ServerProcess.start(tempDir());
    const unknown = await run(['rebuild', 'directory', 'nowhere'], beside(server));
    expect([unknown.code, unknown.out]).toEqual([1, '']);
    expect(unknown.err).toBe(`madoguchi: the server knows no view nowhere; it knows ${viewNames.join(', ')}\n`);
    for (const args of [['rebuild'], ['rebuild', 'directory', '--all']]) {
      const { code, err } = await run(args, beside(server));
      expect([code, err]).toEqual([1, 'madoguchi: name the views to rebuild, or say --all\n']);
    }
  });

  test('says so when no server answers, or something else does; shows its own token to this machine alone', async () => {
    const data = tempDir();
    const server = await ServerProcess.start(data);
    await server.kill('SIGTERM');
    const gone = await run(['status'], beside(server));
    expect([gone.code, gone.out]).toEqual([1, '']);
    expect(gone.err).toBe(
      `madoguchi: no server answers at ${server.url}: start it, or name its address in --url or PORT\n`,
    );

    const other = createServer((_, response) => void response.end('{}')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const at = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const strange = await run(['status', '--url', at], beside(server));
    expect(strange.err).toBe(`madoguchi: what answers at ${at} is no Madoguchi of this version\n`);

    const afar = await run(['status', '--url', 'http://madoguchi.invalid'], beside(server));
    expect(afar.err).toMatch(/^madoguchi: name an administrator's token/);
    const bad = await run(['status', '--url', 'madoguchi.invalid'], beside(server));
    expect(bad.err).toBe('madoguchi: --url must be an address such as http://127.0.0.1:3000\n');
  });
});
