import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';

const bin = join(import.meta.dirname, '../../bin/madoguchi.js');
const clean = { PATH: process.env['PATH'], NO_COLOR: '1' };

/** Runs the built program to its end. */
const run = async (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...clean, ...env }, stdio: 'pipe' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const [code] = await once(child, 'close');
  return { code, out, err };
};

/** How many events of each type a data directory holds. */
const stored = (data: string) => {
  const file = new DatabaseSync(join(data, 'events.sqlite'), { readOnly: true });
  try {
    const rows = file.prepare('SELECT type, count(*) AS events FROM events GROUP BY type ORDER BY type').all();
    return Object.fromEntries(rows.map(({ type, events }) => [type as string, events as number]));
  } finally {
    file.close();
  }
};

describe('the program', () => {
  test('says what it can do', async () => {
    const { code, out, err } = await run(['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/serve[\s\S]*token/);
    expect((await run(['serve', '--help'])).out).toMatch(/PORT[\s\S]*HOST[\s\S]*MADOGUCHI_DATA/);
  });

  test.each([[['dance']], [['serve', '--loud']], [['token']]])('refuses %j and shows how it is used', async (args) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: .*\n[\s\S]*Usage: madoguchi/);
  });

  test('names everything that is wrong with the environment, and repeats nothing', async () => {
    const { code, out, err } = await run(['serve'], { PORT: 'himitsu', MADOGUCHI_OFFICE_HOURS: 'himitsu' });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^madoguchi: PORT must be a port from 0 to 65535\nMADOGUCHI_OFFICE_HOURS must be /);
    expect(err).not.toContain('himitsu');
  });

  const old = ['/usr/bin/node', '/usr/local/bin/node'].find(
    (node) => existsSync(node) && Number(/\d+/.exec(execFileSync(node, ['-v'], { encoding: 'utf8' }))![0]) < 24,
  );
  test('says what to do where Node is too old', ({ skip }) => {
    skip(old === undefined, 'no Node older than 24 is on this machine');
    const { status, stdout, stderr } = spawnSync(old!, [bin, '--help'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/Node 24 is needed[\s\S]*npm ci/);
  });
});

describe('token', () => {
  const manager = ['token', '--role', 'responsible-manager', '--subject', 'rm-0001'];

  test('prints the token and nothing else', async () => {
    const env = { MADOGUCHI_DATA: tempDir() };
    const { code, out, err } = await run([...manager, '--department', 'soumu', '--hours', '2'], env);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { sub, role, department, iat, exp } = decodeJwt(out.trim());
    expect({ sub, role, department }).toEqual({ sub: 'rm-0001', role: 'responsible-manager', department: 'soumu' });
    expect(exp! - iat!).toBe(2 * 3_600);
  });

  test.each([
    ['role', ['token', '--role', 'system', '--subject', 'rm-0001']],
    ['subject', ['token', '--role', 'auditor', '--subject', '見本 太郎']],
    ['hours', [...manager, '--hours', '13']],
    ['hours', [...manager, '--hours', 'many']],
    ['department', [...manager, '--department', '総務']],
  ])('names a wrong %s', async (field, args) => {
    const { code, out, err } = await run(args, { MADOGUCHI_DATA: tempDir() });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(new RegExp(`^madoguchi: ${field} must be [^\n]*\n$`));
  });

  test('is not for a server that others reach, nor before there is one', async () => {
    const reached = await run(manager, { MADOGUCHI_DATA: tempDir(), HOST: '0.0.0.0' });
    expect([reached.code, reached.out]).toEqual([1, '']);
    expect(reached.err).toContain('ask your identity provider');
    const absent = await run(manager, { MADOGUCHI_DATA: join(tempDir(), 'data') });
    expect([absent.code, absent.out]).toEqual([1, '']);
    expect(absent.err).toContain('start the server first');
  });
});

describe('serve', { timeout: 120_000 }, () => {
  const name = { name: '見本課' };

  test('holds its data directory alone', async () => {
    const data = tempDir();
    await ServerProcess.start(data);
    const { code, out, err } = await run(['serve', '--no-sample'], { PORT: '0', MADOGUCHI_DATA: data });
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      `madoguchi: another process works on the data directory ${data}: stop it, or name another one in MADOGUCHI_DATA\n`,
    );
  });

  test('says so when its port is taken', async () => {
    const server = await ServerProcess.start(tempDir());
    const { port } = new URL(server.url);
    const { code, err } = await run(['serve', '--no-sample'], { PORT: port, MADOGUCHI_DATA: tempDir() });
    expect(code).toBe(1);
    expect(err).toContain(
      `madoguchi: another process listens on port ${port} of 127.0.0.1: stop it, or name another port in PORT\n`,
    );
  });

  test('ends at SIGTERM with all that it acknowledged on disk, and goes on from there', async () => {
    const data = tempDir();
    const first = await ServerProcess.start(data);
    const codes = Array.from({ length: 50 }, (_, i) => `d${i}`);
    const answers = codes.map((code) =>
      first.ask('administrator', 'PUT', `/departments/${code}`, name).then(
        ({ status }) => (status === 201 ? code : undefined),
        () => undefined,
      ),
    );
    await answers[0];
    expect(await first.kill('SIGTERM')).toBe(0);
    const acknowledged = (await Promise.all(answers)).filter((code) => code !== undefined);
    const second = await ServerProcess.start(data);
    const { body, headers } = await second.done('administrator', 'PUT', '/departments/last', name);
    const wait = { 'madoguchi-wait-for': headers.get('madoguchi-position')! };
    const list = await second.done('operator', 'GET', '/departments', undefined, wait);
    const found = list.body.items.map(({ code }: { code: string }) => code);
    expect(found).toEqual(expect.arrayContaining([...acknowledged, body.id]));
    expect(await second.kill('SIGINT')).toBe(0);
  });

  test('told to end while it starts, it ends in order as soon as it has started', async () => {
    const data = tempDir();
    const child = spawn(process.execPath, [bin, 'serve'], {
      env: { ...clean, PORT: '0', MADOGUCHI_DATA: data },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const closed = once(child, 'close');
    await expect.poll(() => count(data), { timeout: 30_000, interval: 5 }).toBeGreaterThan(0);
    child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
  });

  test('completes a sample city whose loading was killed, and doubles nothing', async () => {
    const whole = tempDir();
    const server = await ServerProcess.start(whole, { sample: true });
    expect(await server.kill('SIGTERM')).toBe(0);

    const data = tempDir();
    const enough = [30, 150, 300, 400];
    for (const events of enough) {
      const child = spawn(process.execPath, [bin, 'serve'], {
        env: { ...clean, PORT: '0', MADOGUCHI_DATA: data },
        stdio: 'ignore',
      });
      const killed = once(child, 'exit');
      await expect.poll(() => count(data), { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(events);
      child.kill('SIGKILL');
      await killed;
    }
    expect(count(data)).toBeLessThan(count(whole));
    const last = await ServerProcess.start(data, { sample: true });
    expect(stored(data)).toEqual(stored(whole));
    expect(await last.kill('SIGTERM')).toBe(0);
    expect(stored(data)).toEqual(stored(whole));
  });
});

const count = (data: string): number => {
  if (!existsSync(join(data, 'events.sqlite'))) return 0;
  try {
    return Object.values(stored(data)).reduce((all, events) => all + events, 0);
  } catch {
    // The file is there, and its tables are not yet.
    return 0;
  }
};
