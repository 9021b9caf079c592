import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';
import { TestServer, type Answer } from './server.js';

const server = await TestServer.start();
afterAll(() => server.close());

const article = (question: string) => ({
  question,
  answer: '見本課の窓口でできます。',
  category: 'gomi-recycle',
  department: 'mihon',
});
const department = (name: string, code = `d${randomUUID()}`) =>
  server.done('administrator', 'PUT', `/departments/${code}`, { name });
await department('見本課', 'mihon');

describe('a command', () => {
  test('is told all that is wrong with it at once: path, query, headers and body', async () => {
    const answer = await server.command(
      'administrator',
      'PUT',
      '/faq-articles/ZQ?page=1',
      { ...article('見本'), answer: ' ', category: 7, colour: 'red' },
      { 'idempotency-key': 'again', 'if-match': '3' },
    );
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual([
      'answer',
      'category',
      'colour',
      'header.idempotency-key',
      'header.if-match',
      'path.id',
      'query.page',
    ]);
  });

  const told = ({ status, headers, text }: Answer) => ({
    status,
    text,
    headers: Object.fromEntries([...headers].filter(([name]) => name !== 'date')),
  });

  test('repeated under its Idempotency-Key is answered as the first time, and stores nothing', async () => {
    const send = (body: object, key: string) =>
      server.command('administrator', 'POST', '/faq-articles', body, { 'idempotency-key': key });
    const key = randomUUID();
    const first = await send(article('一回目の質問'), key);
    expect(first.status).toBe(201);
    await send(article('別の質問'), randomUUID());
    const before = server.storedEvents();
    for (const same of [key, key.toUpperCase()]) {
      const { answer, ...others } = article('一回目の質問');
      expect(told(await send({ answer, ...others }, same))).toEqual(told(first));
    }
    const concurrent = await Promise.all(Array.from({ length: 20 }, () => send(article('一回目の質問'), key)));
    expect(new Set(concurrent.map((answer) => JSON.stringify(told(answer)))).size).toBe(1);
    expect(server.storedEvents()).toBe(before);
    const reused = await send(article('二回目の質問'), key);
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(server.storedEvents()).toBe(before);
  });

  test('sent many times at once is stored once', async () => {
    const before = server.storedEvents();
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        server.command('administrator', 'POST', '/faq-articles', article('一つ'), headers),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(told(answer)))).size).toBe(1);
    expect(answers[0]!.status).toBe(201);
    expect(server.storedEvents()).toBe(before + 1);
  });

  test('of another person under the same Idempotency-Key is another command', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const send = (as: string) => server.done(as, 'POST', '/faq-articles', article('同じ質問'), headers);
    expect((await send('administrator')).body.id).not.toBe((await send('supervisor')).body.id);
  });

  test('with the ETag of before is refused; with that of now it goes', async () => {
    const { body, headers } = await server.done('administrator', 'POST', '/faq-articles', article('初版'));
    const revise = (question: string, tag: string) =>
      server.command('administrator', 'PUT', `/faq-articles/${body.id}`, article(question), { 'if-match': tag });
    const first = headers.get('etag')!;
    const second = await revise('改訂版', first);
    expect([second.status, second.headers.get('etag')]).toEqual([200, '"1"']);
    const late = await revise('遅れた版', first);
    expect([late.status, late.body.code]).toEqual([412, 'precondition_failed']);
    const racing = await Promise.all(['甲', '乙', '丙'].map((edition) => revise(edition, '"1"')));
    expect(racing.map(({ status }) => `${status}`).toSorted()).toEqual(['200', '412', '412']);
  });
});

describe('a read', () => {
  test('that waits for a write sees it, every time', async () => {
    for (let i = 0; i < 100; i++) {
      const written = await server.done('administrator', 'POST', '/faq-articles', article(`第${i}問`));
      const wait = { 'madoguchi-wait-for': written.headers.get('madoguchi-position')! };
      const read = await server.get('operator', `/faq-articles/${written.body.id}`, wait);
      expect([read.status, read.body.question]).toEqual([200, `第${i}問`]);
    }
  });

  test('of many who wait at once sees each one’s own write', async () => {
    const seen = Array.from({ length: 30 }, async (_, i) => {
      const written = await department(`第${i}課`);
      const wait = { 'madoguchi-wait-for': written.headers.get('madoguchi-position')! };
      const { body } = await server.get('operator', '/departments', wait);
      return body.items.some(({ code }: { code: string }) => code === written.body.id);
    });
    expect(await Promise.all(seen)).not.toContain(false);
  });

  test('of one thing carries the ETag that a change of it asks for', async () => {
    const written = await server.done('administrator', 'POST', '/faq-articles', article('版のある質問'));
    const wait = { 'madoguchi-wait-for': written.headers.get('madoguchi-position')! };
    const read = await server.get('operator', `/faq-articles/${written.body.id}`, wait);
    expect(read.headers.get('etag')).toBe(written.headers.get('etag'));
  });

  test('by HEAD is answered without a body, and OPTIONS names the methods', async () => {
    const head = await server.send({ as: 'operator', method: 'HEAD', path: '/departments' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await server.send({ method: 'HEAD', path: '/departments' })).status).toBe(401);
    const options = await server.send({ as: 'operator', method: 'OPTIONS', path: '/departments' });
    expect([options.status, options.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

test('no text comes back in a refusal or stands in the log, wherever it was put', async () => {
  const marked = fc
    .string({
      unit: fc.constantFrom(...Array.from('abcXYZ0189 -_.@/\\"\'<>{}[]%&=?#:;,山田架空０９')),
      minLength: 1,
      maxLength: 40,
    })
    .map((text) => `himitsu${text}`);
  const place = fc.constantFrom('path', 'query', 'name', 'field', 'nested', 'header', 'key', 'token', 'json', 'type');
  const from = server.log.length;
  await fc.assert(
    fc.asyncProperty(place, marked, async (where, secret) => {
      const ascii = secret.replaceAll(/[^\x20-\x7e]/g, '');
      const put = (at: string, text: string) => (where === at ? text : undefined);
      const encoded = encodeURIComponent(secret);
      const answer = await server.send({
        as: where === 'token' ? undefined : 'administrator',
        method: 'PUT',
        path: `/faq-articles/${put('path', encoded) ?? 'x'}${where === 'query' ? `?q=${encoded}&+${encoded}=1` : ''}`,
        headers: {
          'content-type': put('type', ascii) ?? 'application/json',
          'idempotency-key': put('key', ascii) ?? randomUUID(),
          ...(where === 'token' && { authorization: `Bearer ${ascii}` }),
          ...(where === 'header' && { 'if-match': ascii, 'madoguchi-wait-for': ascii }),
        },
        body:
          put('json', `{"question": "${secret}`) ??
          JSON.stringify({
            ...article('質問'),
            // A name that is an identifier comes back, to tell what is unknown.
            ...(where === 'name' && { [` ${secret}`]: secret }),
            ...(where === 'field' && { category: secret, answer: secret.repeat(200) }),
            ...(where === 'nested' && { question: { [` ${secret}`]: [secret] } }),
          }),
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text + JSON.stringify([...answer.headers])).not.toContain('himitsu');
    }),
    { numRuns: 200 },
  );
  expect(server.log.slice(from).join('\n')).not.toContain('himitsu');
});

test('a read whose view has stopped before the position is told so at once; others and commands go on', async () => {
  const data = tempDir();
  const before = await ServerProcess.start(data);
  const opened = await before.done('administrator', 'PUT', '/departments/mihon', { name: '見本課' });
  await before.kill('SIGTERM');
  // An event that no program of ours would store.
  const file = new DatabaseSync(join(data, 'events.sqlite'));
  file.exec(`
    INSERT INTO events (position, stream, revision, id, type, data, metadata, recorded_at)
    SELECT position + 1, stream, revision + 1, 'planted', type, '{"name": "himitsu", "colour": "himitsu"}', metadata, recorded_at
    FROM events ORDER BY position DESC LIMIT 1`);
  file.close();
  const server = await ServerProcess.start(data);
  const planted = opened.headers.get('madoguchi-position')!.replace(/.$/, (digit) => `${Number(digit) + 1}`);
  const wait = { 'madoguchi-wait-for': planted };
  await expect
    .poll(async () => (await server.ask('operator', 'GET', '/views')).body.items)
    .toContainEqual(expect.objectContaining({ view: 'directory', state: 'stopped' }));
  const began = performance.now();
  const refused = await server.ask('operator', 'GET', '/departments', undefined, wait);
  expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'view_behind', '1']);
  expect(refused.headers.get('madoguchi-position')! < planted).toBe(true);
  expect(performance.now() - began).toBeLessThan(4_000);
  expect((await server.done('operator', 'GET', '/departments')).body.items).toHaveLength(1);
  expect((await server.ask('operator', 'GET', '/recordings', undefined, wait)).status).toBe(200);
  expect((await server.ask('administrator', 'PUT', '/departments/other', { name: '別の課' })).status).toBe(201);
  expect(server.output()).toMatch(/directory stopped at DepartmentOpened/);
  expect(server.output()).not.toContain('himitsu');
});

describe('closing', () => {
  test('answers what is under way, takes nothing new, and leaves no connection open', async () => {
    const closing = await TestServer.start();
    const token = await closing.token('administrator');
    const agent = new Agent({ keepAlive: true });
    const body = JSON.stringify({ name: '見本課' });
    const sent = request(`${closing.url}/departments/mihon`, {
      method: 'PUT',
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': randomUUID(),
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    // The head and half of the body are there when closing begins.
    const [socket] = await once(sent, 'socket');
    await once(socket, 'connect');
    sent.write(body.slice(0, 5));
    await closing.send({ method: 'GET', path: '/health/live' });
    const closed = closing.close();
    await expect.poll(() => fetch(`${closing.url}/health/live`).catch(() => 'refused')).toBe('refused');
    sent.end(body.slice(5));
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(201);
    response.resume();
    await closed;
    agent.destroy();
  });
});
