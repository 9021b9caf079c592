import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import { KurrentDbEventStore } from '../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { standInProcess } from '../event-store/stand-in/process.js';
import { freshDatabase } from '../postgres/database.js';
import { addressOf } from '../support/servers.js';
import { ServerProcess, type Answer } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';

const COMMANDS = 20_000;
const CLIENTS = 48;
/** After so many commands A is killed, started again, B frozen, and woken. */
const at = { kill: 4_000, start: 8_000, freeze: 10_000, wake: 15_000 };
const PATIENCE_MS = 3_000;
/** For so many commands a client leaves a server alone that failed it. */
const AVOIDED_FOR = 40;

const inquiry = {
  summary: '粗大ごみの収集日の問い合わせ（見本）',
  answer: '収集日を案内した（見本）',
  category: 'gomi-recycle',
  department: 'mihon',
  relatedDepartments: [],
  handling: 'answered',
  scope: 'in-scope',
};
const closedDay = '2026-01-01T03:00:00.000Z';
const contact = {
  name: '見本 花子',
  phone: '090-0000-0002',
  address: '若葉市見本町1-2-3',
  content: '折り返しの電話をお願いしたい（見本）',
};

/** A command as a client means it: the same key, wherever and however often it is sent. */
interface Meant {
  readonly path: string;
  readonly role: string;
  readonly body: unknown;
}

test.skipIf(addressOf('KEYS_URL') === '' || addressOf('DATABASE_URL') === '')(
  'two processes share the work: one is killed, started again, the other frozen and woken, and nothing is lost or doubled',
  { timeout: 480_000 },
  async () => {
    const standIn = await standInProcess();
    const secrets = tempDir();
    const env = {
      EVENTSTORE_URL: standIn.url,
      KEYS_URL: await freshDatabase('KEYS_URL'),
      DATABASE_URL: await freshDatabase('DATABASE_URL'),
      MADOGUCHI_MASTER_KEY: join(secrets, 'master.key'),
      MADOGUCHI_TOKEN_KEY: join(secrets, 'token-key.jwk'),
    };
    const start = async (name: string) =>
      ServerProcess.start(join(secrets, name), { env: { ...env, PORT: `${await freePort()}` } });
    let a = await start('a');
    const b = await start('b');
    await a.done('administrator', 'PUT', '/departments/mihon', { name: '見本課' });

    const servers = (): ReadonlyArray<ServerProcess> => [a, b];
    const answers = new Map<string, Answer>();
    let retries = 0;
    const sender = (home: number) => {
      const avoided = [0, 0];
      return async (meant: Meant): Promise<Answer> => {
        const key = randomUUID();
        for (const [n, left] of avoided.entries()) avoided[n] = Math.max(0, left - 1);
        for (let at = avoided[home]! > 0 ? 1 - home : home; ; at = 1 - at) {
          const server = servers()[at]!;
          const answer = await server
            .ask(
              meant.role,
              'POST',
              meant.path,
              meant.body,
              { 'idempotency-key': key },
              AbortSignal.timeout(PATIENCE_MS),
            )
            .catch(() => undefined);
          if (answer !== undefined && answer.status < 300) {
            answers.set(key, answer);
            return answer;
          }
          if (answer !== undefined && answer.status < 500) throw new Error(JSON.stringify(answer.body));
          avoided[at] = AVOIDED_FOR;
          retries++;
          await turn();
        }
      };
    };

    let done = 0;
    const milestones = new Map<number, () => void>();
    const milestone = (count: number) => new Promise<void>((resolve) => milestones.set(count, resolve));
    const count = (commands: number) => {
      done += commands;
      for (const [at, pass] of milestones) if (done >= at) pass();
    };
    const inquiries: string[] = [];
    const callbacks: string[] = [];
    const isGoingOn = () => done < COMMANDS;
    const client = async (n: number) => {
      const send = sender(n % 2);
      for (let turn = 0; isGoingOn(); turn++) {
        if (turn % 10 !== 9) {
          const body = { ...inquiry, receivedAt: new Date().toISOString() };
          inquiries.push((await send({ path: '/inquiries', role: 'operator', body })).body.id);
          count(1);
          continue;
        }
        // A callback of somebody whose contact details are erased at once: three commands, and a reaction's.
        const asked = { ...inquiry, handling: 'callback', scope: 'specialised', receivedAt: closedDay };
        const { id } = (await send({ path: '/inquiries', role: 'operator', body: asked })).body;
        inquiries.push(id);
        const callback = `/inquiries/${id}/callback`;
        await send({ path: callback, role: 'operator', body: { requestedByCitizen: true, contact } });
        const erasure = { reason: 'citizen-request' };
        await send({ path: `${callback}/erasure`, role: 'responsible-manager', body: erasure });
        callbacks.push(id);
        count(3);
      }
    };
    const work = Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n)));
    // A client that failed says why, instead of all waiting for it.
    const reached = (count: number) => Promise.race([work, milestone(count)]);

    const takeOver = async (by: ServerProcess): Promise<number> => {
      const began = performance.now();
      await expect
        .poll(async () => (await by.ask('operator', 'GET', '/health/ready')).body.leases, {
          timeout: 60_000,
          interval: 100,
        })
        .toSatisfy((leases: ReadonlyArray<{ state: string }>) => leases.every(({ state }) => state === 'owned'));
      return Math.round(performance.now() - began);
    };
    await reached(at.kill);
    await a.kill('SIGKILL');
    const afterKill = await takeOver(b);
    await reached(at.start);
    a = await start('a');
    await reached(at.freeze);
    b.freeze();
    const afterFreeze = await takeOver(a);
    await reached(at.wake);
    b.wake();
    await work;
    console.log(`take-over after kill -9: ${afterKill} ms, after a freeze: ${afterFreeze} ms; ${retries} retries`);

    const store = await KurrentDbEventStore.open({ url: standIn.url, clock: new SystemClock() });
    onTestFinished(() => store.close());
    const isSettled = async () => {
      const events = await Array.fromAsync(store.readAll({ filter: { types: ['ContactErased'] } }));
      return events.length;
    };
    await expect.poll(isSettled, { timeout: 60_000, interval: 200 }).toBe(callbacks.length);
    const all = await Array.fromAsync(store.readAll());
    const ofType = (type: string) => all.filter((event) => event.type === type);
    const streamsOf = (events: ReadonlyArray<RecordedEvent>) => events.map(({ stream }) => stream).toSorted();
    // Every acknowledged command is there once, and nothing that nobody asked for.
    expect(streamsOf(ofType('InquiryRecorded'))).toEqual(inquiries.map((id) => `inquiry-${id}`).toSorted());
    for (const type of ['CallbackRequested', 'ContactErased'])
      expect(streamsOf(ofType(type))).toEqual(callbacks.map((id) => `inquiry-${id}`).toSorted());
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const positions = new Map(all.map(({ position, stream, revision }) => [position, `${stream}@${revision}`]));
    for (const { headers, body } of answers.values())
      expect(positions.get(headers.get('madoguchi-position') as never)).toMatch(new RegExp(`@${body.revision}$`));

    const fresh = await start('fresh');
    for (const server of [a, b, fresh]) {
      const { views } = (await server.ask('operator', 'GET', '/health/ready')).body;
      expect(views.length).toBeGreaterThan(0);
      await expect
        .poll(async () => (await server.ask('operator', 'GET', '/health/ready')).body.views, { timeout: 60_000 })
        .toEqual(views.map(() => expect.objectContaining({ state: 'live', behind: 0 })));
    }
    for (const server of [a, b, fresh]) expect(await server.kill('SIGTERM')).toBe(0);
    const rebuilt = documents(fresh.data);
    expect(rebuilt.size).toBeGreaterThan(inquiries.length);
    expect(documents(a.data)).toEqual(rebuilt);
    expect(documents(b.data)).toEqual(rebuilt);
  },
);

/** Every document of every view, by view and key. */
const documents = (data: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const file of readdirSync(join(data, 'views')).filter((name) => name.endsWith('.sqlite'))) {
    const db = new DatabaseSync(join(data, 'views', file), { readOnly: true });
    const view = file.replace(/[-.]?\d*\.sqlite$/, '');
    for (const { key, document } of db.prepare('SELECT key, document FROM documents').all())
      found.set(`${view} ${String(key)}`, String(document));
    db.close();
  }
  return found;
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};
