import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { TestServer, type Answer } from './server.js';

const server = await TestServer.start();
afterAll(() => server.close());

const HOUR_MS = 3_600_000;
const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const hour = (ms: number) => new Date(ms).toISOString();
const now = `from=${hour(thisHour - HOUR_MS)}&to=${hour(thisHour + 2 * HOUR_MS)}`;

const after = (answer: Answer) => ({ 'madoguchi-wait-for': answer.headers.get('madoguchi-position')! });
const get = (as: string, path: string, written: Answer) =>
  server.send({ as, method: 'GET', path, headers: after(written) });

for (const code of ['shimin', 'zeimu'])
  await server.done('administrator', 'PUT', `/departments/${code}`, { name: '課' });
const article = await server.done('administrator', 'POST', '/faq-articles', {
  question: '住民票はどこで取れますか。',
  answer: '市民課の窓口で取れます。担当は見本花子です。',
  category: 'todokede',
  department: 'shimin',
});
const call = await server.done('operator', 'POST', '/calls', {
  site: 'honcho',
  line: 'daihyo-1',
  direction: 'inbound',
  startedAt: hour(Date.now() - 90_000),
});
const inquiry = (department: string, more: object = {}) =>
  server.done('operator', 'POST', '/inquiries', {
    summary: '住民票の取り方',
    answer: '窓口を案内した',
    category: 'todokede',
    department,
    relatedDepartments: [],
    handling: 'answered',
    scope: 'in-scope',
    receivedAt: hour(Date.now() - 60_000),
    ...more,
  });
await inquiry('shimin', { call: call.body.id, faqArticle: article.body.id });
await inquiry('zeimu', { handling: 'referred' });
const ended = await server.done('operator', 'POST', `/calls/${call.body.id}/end`, {
  endedAt: hour(Date.now()),
});

test('contacts, calls and their durations by department (S3, K5)', async () => {
  const { status, body } = await get('auditor', `/analytics/summary?by=department&${now}`, ended);
  expect(status).toBe(200);
  expect(body.total).toMatchObject({ contacts: 2, inScope: 2, resolved: 1, calls: 1, endedCalls: 1 });
  expect(body.groups).toMatchObject([
    { value: 'shimin', contacts: 1, calls: 1, seconds: body.total.seconds },
    { value: 'zeimu', contacts: 1, calls: 0, seconds: 0 },
  ]);
  expect(body.total.seconds).toBeGreaterThanOrEqual(90);
});

test('how many were answered at once, and with which article (S1)', async () => {
  const resolved = await get('supervisor', `/analytics/first-contact-resolution?${now}`, ended);
  expect(resolved.body).toEqual({ inScope: 2, resolved: 1 });
  const used = await get('responsible-manager', `/analytics/faq-use?${now}`, ended);
  expect(used.body).toEqual({ contacts: 2, withArticle: 1, articles: [{ article: article.body.id, contacts: 1 }] });
});

test('department staff see the figures of their own department, and nobody sees another’s through them', async () => {
  const staff = 'department-staff@zeimu';
  for (const path of ['summary?by=category&', 'first-contact-resolution?', 'faq-use?']) {
    expect((await get(staff, `/analytics/${path}${now}&department=zeimu`, ended)).status).toBe(200);
    for (const other of ['', '&department=shimin']) {
      const { status, body } = await get(staff, `/analytics/${path}${now}${other}`, ended);
      expect([status, body.errors[0].code]).toEqual([403, 'other_department']);
    }
    const { status, body } = await get('operator', `/analytics/${path}${now}`, ended);
    expect([status, body.errors[0].code]).toEqual([403, 'role_not_entitled']);
  }
});

test('S3, S8: what was searched for, without what the FAQ does not say', async () => {
  const settle = (body: object) => server.done('operator', 'POST', '/faq-searches', body);
  await settle({ text: '住民票の取り方', hits: 1, chosen: article.body.id });
  // A name that a single answer holds is no word of the FAQ, nor is one that a caller said.
  const last = await settle({ text: '見本花子さんと架空次郎の住民票 09000000001', hits: 0 });
  const { body } = await get('department-staff@zeimu', `/analytics/faq-searches?${now}`, last);
  expect(body).toMatchObject({ searches: 2, nothingFound: 1, nothingChosen: 1 });
  const terms = body.terms.map(({ term }: { term: string }) => term);
  expect(terms).toContain('住民');
  for (const name of ['花子', '次郎', '架空', '09000000001']) expect(terms).not.toContain(name);
  expect(body.otherWords).toBeGreaterThan(2);

  const stored = await server.get('auditor', `/streams/faqsearch-${last.body.id}/events`);
  expect(stored.body.items).toMatchObject([{ type: 'FaqSearchSettled', content: 'plain', data: { hits: 0 } }]);
  const files = readdirSync(server.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
  for (const said of ['架空次郎', '次郎', '09000000001']) expect([said, bytes.includes(said)]).toEqual([said, false]);
  expect(server.log.filter((line) => line.includes('次郎'))).toEqual([]);
});

test('times are full hours', async () => {
  const { status, body } = await server.get('auditor', '/analytics/faq-use?from=2026-04-01T00:30:00.000Z&to=x');
  expect([status, body.errors.map(({ field }: { field: string }) => field)]).toEqual([400, ['query.from', 'query.to']]);
});
