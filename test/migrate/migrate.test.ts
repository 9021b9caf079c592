import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { standInProcess } from '../event-store/stand-in/process.js';
import { freshDatabase } from '../postgres/database.js';
import { random } from '../support/random.js';
import { addressOf } from '../support/servers.js';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';

const bin = join(import.meta.dirname, '../../bin/madoguchi.js');

type Env = Readonly<Record<string, string>>;

/** Runs `madoguchi migrate`; killed -9 once it has said so many lines, if that is asked for. */
const migrate = async (to: 'shared' | 'embedded', env: Env, killedAfter = Infinity) => {
  const options = { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  const child = spawn(process.execPath, [bin, 'migrate', '--to', to], options);
  const ended = once(child, 'exit');
  const errors = text(child.stderr);
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.split('\n').length > killedAfter) child.kill('SIGKILL');
  }
  const [code] = (await ended) as [number | null];
  return { code, said, errors: await errors };
};

const servers = async (): Promise<Env> => ({
  EVENTSTORE_URL: (await standInProcess()).url,
  KEYS_URL: await freshDatabase('KEYS_URL'),
  DATABASE_URL: await freshDatabase('DATABASE_URL'),
});

/** What the API tells of the sample city, positions left out. */
const told = async (server: ServerProcess) => {
  const { body: inquiries } = await server.done('auditor', 'GET', '/inquiries?limit=200');
  const { body: recordings } = await server.done('auditor', 'GET', '/recordings?limit=200');
  const { body: callbacks } = await server.done('auditor', 'GET', '/callbacks?limit=200');
  const { body: articles } = await server.done('operator', 'GET', '/faq-articles?q=%E3%81%94%E3%81%BF&limit=50');
  return JSON.parse(JSON.stringify({ inquiries, recordings, callbacks, articles }));
};

const keysIn = (data: string): number => {
  const db = new DatabaseSync(join(data, 'keys.sqlite'), { readOnly: true });
  const { n } = db.prepare('SELECT count(*) AS n FROM keys').get() as { n: number };
  db.close();
  return n;
};

const levelled = async (server: ServerProcess, position: string) => {
  for (const path of ['/inquiries?limit=1', '/recordings?limit=1', '/callbacks?limit=1'])
    await server.done('auditor', 'GET', path, undefined, { 'madoguchi-wait-for': position });
};

test.skipIf(addressOf('KEYS_URL') === '' || addressOf('DATABASE_URL') === '')(
  'the sample city is moved to EventStoreDB and PostgreSQL, killed on the way again and again, and back',
  { timeout: 300_000 },
  async () => {
    const seed = Date.now() % 2 ** 31;
    const chance = random(seed);
    const data = join(tempDir(), 'data');
    const before = await ServerProcess.start(data, { sample: true });
    const opened = await before.done('administrator', 'PUT', '/departments/mihon', { name: '見本課' });
    const oldPosition = opened.headers.get('madoguchi-position')!;
    await levelled(before, oldPosition);
    const original = await told(before);
    const ends = await servers();
    const env = { ...ends, MADOGUCHI_DATA: data, MADOGUCHI_MASTER_KEY: join(data, 'master.key') };

    const refused = await migrate('shared', env);
    expect(refused).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/another process works on the data directory/),
    });
    expect(await before.kill('SIGTERM')).toBe(0);
    const keys = keysIn(data);
    expect(keys).toBeGreaterThan(0);

    for (let n = 0; n < 6; n++) await migrate('shared', env, 1 + Math.floor(chance() * 6));
    const moved = await migrate('shared', env);
    expect(moved, `seed ${seed}`).toMatchObject({ code: 0 });
    expect(moved.said).toMatch(/moved \d+ events; both sides hold the same, SHA-256 [0-9a-f]{64}/);
    expect(keysIn(data)).toBe(0);
    await expect(ServerProcess.start(data)).rejects.toThrow(/were moved to the store [0-9a-f]{8}/);

    const other = join(tempDir(), 'other');
    const token = { MADOGUCHI_TOKEN_KEY: join(data, 'token-key.jwk') };
    const shared = await ServerProcess.start(other, {
      env: { ...ends, ...token, MADOGUCHI_MASTER_KEY: join(data, 'master.key') },
    });
    const written = await shared.done('administrator', 'PUT', '/departments/mihon-2', { name: '見本二課' });
    await levelled(shared, written.headers.get('madoguchi-position')!);
    expect(await told(shared)).toEqual(original);
    const stale = await shared.ask('auditor', 'GET', '/inquiries', undefined, { 'madoguchi-wait-for': oldPosition });
    expect(stale.status).toBe(400);
    expect(stale.body.errors[0].message).toMatch(/whose events were moved here: ask again without it/);
    const contact = original.callbacks.items.find(({ status }: { status: string }) => status === 'waiting');
    const disclosed = `/inquiries/${contact.inquiry ?? contact.id}/callback/disclosures`;
    const staff = `department-staff@${contact.department}`;
    expect((await shared.done(staff, 'POST', disclosed, { purpose: 'callback' })).body).toBeDefined();

    const running = await migrate('embedded', { ...env, MADOGUCHI_DATA: data });
    expect(running).toMatchObject({ code: 1, errors: expect.stringMatching(/stop them first/) });
    expect(await shared.kill('SIGTERM')).toBe(0);
    const back = await migrate('embedded', env);
    expect(back).toMatchObject({ code: 0 });
    expect(keysIn(data)).toBe(keys);
    expect(existsSync(join(data, 'views'))).toBe(false);
    const again = await ServerProcess.start(data);
    // Positions from before the first move are this store's own.
    await levelled(again, oldPosition);
    const { body: departments } = await again.done('operator', 'GET', '/departments', undefined, {
      'madoguchi-wait-for': oldPosition,
    });
    expect(departments.items.map(({ code }: { code: string }) => code)).toContain('mihon-2');
    await expect(
      ServerProcess.start(other, { env: { ...ends, ...token, MADOGUCHI_MASTER_KEY: join(data, 'master.key') } }),
    ).rejects.toThrow(/were moved to the store/);
  },
);
