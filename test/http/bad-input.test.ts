import { afterAll, describe, expect, test } from 'vitest';
import { badRequests, MARKER, sentOf, type BadRequest, type ValidRequest } from './bad-input.js';
import { ApiDocument, nameOf, type Operation, type Schema } from './document.js';
import { covered, scenariosOver } from './scenarios.js';
import { TestServer, type Answer } from './server.js';

const server = await TestServer.start({ sample: true });
afterAll(() => server.close());
const document = await ApiDocument.of(server);
const validRequest = scenariosOver(server);
const hidden = MARKER.split(' ')[0]!;
const PROBLEM = 'application/problem+json; charset=utf-8';

/** What the valid request leaves out of what the document knows; the bad ones could not change it. */
const leftOut = ({ parameters, requestBody }: Operation, { path, query, headers, body }: ValidRequest) => [
  ...parameters
    .filter(({ name, in: place }) => {
      const given = { path, query, header: { ...headers, 'idempotency-key': '' } }[place] ?? {};
      return !Object.hasOwn(given, place === 'header' ? name.toLowerCase() : name);
    })
    .map(({ name }) => name),
  ...missingFields(requestBody?.content['application/json']?.schema ?? {}, body),
];

const missingFields = (unresolved: Schema, value: unknown): ReadonlyArray<string> => {
  const { properties = {}, items } = document.resolved(unresolved);
  if (items !== undefined) return Array.isArray(value) && value.length > 0 ? [] : ['an item'];
  return Object.entries(properties).flatMap(([name, schema]) => {
    const field = (value as Readonly<Record<string, unknown>>)[name];
    return field === undefined ? [name] : missingFields(schema, field).map((below) => `${name}.${below}`);
  });
};

/** What is wrong with the answer to a request that is wrong, a line each. */
const complaints = (operation: Operation, bad: BadRequest, { status, headers, text, body }: Answer) => {
  const fields: ReadonlyArray<string> = (body?.errors ?? []).map(({ field = '' }: { field?: string }) => field);
  const documented = Object.keys(operation.responses);
  const wrong = [
    ...(status === bad.status ? [] : [`answers ${status}, not ${bad.status}`]),
    ...(documented.includes(`${status}`) || status === 414 ? [] : [`${status} is not documented`]),
    ...(headers.get('content-type') === PROBLEM ? [] : ['is no problem']),
    ...document.problems({ $ref: '#/components/schemas/Problem' }, body),
    ...(body?.status === status ? [] : ['says another status']),
    ...(String(fields) === String(bad.fields) ? [] : [`names ${String(fields)}`]),
    ...(text.includes(hidden) ? ['repeats the value'] : []),
    ...(headers.get('cache-control') === 'no-store' ? [] : ['may be cached']),
  ];
  return wrong.map((line) => `${bad.what}: ${line}`);
};

describe.each(document.operations.map((operation) => [nameOf(operation), operation] as const))(
  '%s',
  (name, operation) => {
    test('refuses what the document does not allow, names it, stores nothing; its valid twin succeeds', async () => {
      const valid = await validRequest(name);
      expect(leftOut(operation, valid)).toEqual([]);
      const requests = badRequests(document, operation, valid);
      expect(requests.length).toBeGreaterThan(operation.parameters.length);
      const before = server.storedEvents();
      const wrong: string[] = [];
      for (const bad of requests) wrong.push(...complaints(operation, bad, await server.send(bad.sent)));
      expect(wrong).toEqual([]);
      expect(server.storedEvents()).toBe(before);
      expect(server.log.filter((line) => line.includes(hidden))).toEqual([]);

      const twin = await server.send(sentOf(operation, valid));
      const [status, response] = Object.entries(operation.responses).find(([code]) => code.startsWith('2'))!;
      expect([twin.status, twin.text.slice(0, 500)]).toEqual([Number(status), expect.anything()]);
      const [[mediaType, { schema }]] = Object.entries(response.content!) as [[string, { schema: Schema }]];
      expect(twin.headers.get('content-type')).toMatch(mediaType.replace('*', ''));
      if (mediaType === 'application/json') expect(document.problems(schema, twin.body)).toEqual([]);
      for (const header of Object.keys(response.headers ?? {})) expect(twin.headers.get(header)).toBeTruthy();
      if (operation.method !== 'GET' && response.headers !== undefined)
        expect(server.storedEvents()).toBeGreaterThan(before);
      await server.settled();
    });
  },
);

test('every operation of the document has a valid twin, and no other', () => {
  expect(covered.toSorted()).toEqual(document.operations.map(nameOf).toSorted());
});

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const paths = Map.groupBy(document.operations, ({ path }) => path);

test.each([...paths])('%s answers another method with 405 and those that it knows', async (path, operations) => {
  const known = operations.map(({ method }) => method);
  const before = server.storedEvents();
  for (const method of methods.filter((other) => !known.includes(other))) {
    const answer = await server.command('administrator', method, path.replaceAll(/\{\w+\}/g, 'x'));
    expect([method, answer.status, answer.headers.get('content-type')]).toEqual([method, 405, PROBLEM]);
    expect(answer.headers.get('allow')!.split(', ').toSorted()).toEqual(known.toSorted());
  }
  expect(server.storedEvents()).toBe(before);
});

test.each([
  ['a route that there is not', `/${MARKER}`, 404],
  ['a path that cannot be decoded', '/faq-articles/%E0%A4%A', 400],
  ['a path of traversal', '/docs/static/..%2f..%2f..%2fpackage.json', 404],
  ['an address that is too long', `/faq-articles?q=${'a'.repeat(20_000)}`, 431],
])('%s is a problem that repeats nothing', async (_, path, status) => {
  const { text, headers, ...answer } = await server.send({ as: 'operator', method: 'GET', path });
  expect([answer.status, headers.get('content-type')]).toEqual([status, PROBLEM]);
  expect(text).not.toMatch(/Zq9137|%E0|package|aaa/);
});
