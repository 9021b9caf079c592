import * as E from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forbidden, invalid, notFound, rule } from '../../src/domain/kernel/errors.js';
import { BadPosition } from '../../src/application/ports/event-store.js';
import { BadCursor } from '../../src/application/ports/page.js';
import { ViewUnavailable } from '../../src/application/ports/views.js';
import type { Failure } from '../../src/application/failure.js';
import { Kit, thing } from './kit.js';

const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const body = (await response.json()) as { status: number; code: string; type: string; errors?: unknown };
  expect(body).toMatchObject({ status: response.status, type: `urn:madoguchi:problem:${body.code}` });
  return body;
};
const json = { 'content-type': 'application/json' };
const secret = '架空 花子 090-0000-4321';

describe('a request that reaches no operation', () => {
  test('on an unknown route is 404, by another method 405 with the methods allowed', async () => {
    const kit = await Kit.start();
    expect(await problem(await kit.fetch('/nothing'))).toMatchObject({ status: 404, code: 'route_not_found' });
    const other = await kit.fetch('/things', { method: 'PATCH' });
    expect(await problem(other)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(other.headers.get('allow')!.split(', ').toSorted()).toEqual(['GET', 'POST']);
  });

  test.each([
    ['that is no JSON', json, `{"title": "${secret}`, 400, 'malformed'],
    ['that is empty', json, '', 400, 'malformed'],
    ['that poisons a prototype', json, `{"__proto__": {"title": "${secret}"}}`, 400, 'malformed'],
    ['over 256 KiB', json, JSON.stringify({ title: secret.repeat(20_000) }), 413, 'too_large'],
    [
      'that is a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'title=a',
      415,
      'unsupported_media_type',
    ],
    ['that is text', { 'content-type': 'text/plain' }, secret, 415, 'unsupported_media_type'],
    ['of another JSON', { 'content-type': 'application/merge-patch+json' }, '{}', 415, 'unsupported_media_type'],
  ])('with a body %s', async (_, headers, body, status, code) => {
    const kit = await Kit.start();
    const answer = await problem(await kit.fetch('/things', { method: 'POST', headers, body }));
    expect(answer).toMatchObject({ status, code });
    expect(answer.errors).toBeUndefined();
    expect(JSON.stringify(answer) + kit.log.join()).not.toContain('架空');
    expect(kit.behind.seen).toEqual([]);
  });

  test('whose address cannot be read, or is too long, is answered without the address', async () => {
    const kit = await Kit.start();
    const paths = [
      ['/things/%zz-090-0000-4321', 400, 'malformed'],
      [`/things/${'090-0000-4321-'.repeat(40)}`, 414, 'uri_too_long'],
      [`/things?q=${'090-0000-4321-'.repeat(2_000)}`, 431, 'headers_too_large'],
    ] as const;
    for (const [path, status, code] of paths) {
      const body = await problem(await kit.fetch(path));
      expect(body).toMatchObject({ status, code });
      expect(JSON.stringify(body) + kit.log.join()).not.toContain('090-0000');
    }
  });

  test('whose text is no UTF-8 is not mended, however it comes', async () => {
    const kit = await Kit.start();
    const [before, after] = JSON.stringify({ ...thing, title: 'a ? lamp' }).split('?');
    const body = Buffer.concat([Buffer.from(before!), Buffer.from([0x93, 0xfa]), Buffer.from(after!)]);
    const chunks = new ReadableStream({
      start: (stream) => {
        stream.enqueue(body);
        stream.close();
      },
    });
    for (const sent of [body, chunks]) {
      const request = { method: 'POST', headers: json, body: sent, duplex: 'half' as const };
      expect(await problem(await kit.fetch('/things', request))).toMatchObject({ status: 400, code: 'malformed' });
    }
    expect(kit.behind.seen).toEqual([]);
  });

  test('that is no HTTP is answered too', async () => {
    const kit = await Kit.start();
    const answer = await kit.raw('090-0000-4321 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n.*\{"type":"urn:madoguchi:problem:malformed"/s);
    expect(answer).not.toContain('090');
  });
});

describe('what an operation refuses', () => {
  const refused = (...errors: Parameters<typeof E.left>[0][]) => ({ _tag: 'refused', errors }) as unknown as Failure;

  test.each<[string, Failure, number, string]>([
    ['contradicts itself', refused(invalid('a', 'is a', 'x')), 400, 'invalid'],
    ['is not allowed', refused(rule('b', 'is b'), forbidden('c', 'is c')), 403, 'forbidden'],
    ['is about nothing', refused(rule('b', 'is b'), notFound('d', 'is d')), 404, 'not_found'],
    ['does not suit the state', refused(rule('b', 'is b', 'y')), 409, 'rule'],
    ['needs what was erased', { _tag: 'erased' }, 410, 'erased'],
    ['was written for another revision', { _tag: 'precondition-failed', revision: 4 }, 412, 'precondition_failed'],
    ['repeats a key with another body', { _tag: 'command-id-reused' }, 422, 'idempotency_key_reused'],
    ['others are in the way of', { _tag: 'contended' }, 503, 'contended'],
  ])('a command that %s', async (_, failure, status, code) => {
    const kit = await Kit.start();
    kit.behind.command = async () => E.left(failure);
    const response = await kit.send('POST', '/things', thing);
    const body = await problem(response);
    expect(body).toMatchObject({ status, code });
    if (failure._tag === 'refused') expect(body.errors).toEqual(failure.errors.map(({ _tag, ...error }) => error));
    expect(response.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    expect(response.headers.get('etag')).toBeNull();
  });

  test('a thing that is not there is 404 by its name', async () => {
    const kit = await Kit.start();
    kit.behind.read = async () => undefined;
    expect(await problem(await kit.fetch('/things/thing-1'))).toMatchObject({ status: 404, code: 'thing_not_found' });
  });

  test.each([
    [new ViewUnavailable('directory'), 503, 'view_building', undefined],
    [new BadCursor(), 400, 'invalid', [expect.objectContaining({ code: 'bad_cursor', field: 'query.after' })]],
    [
      new BadPosition('foreign_position', 'is of another store'),
      400,
      'invalid',
      [expect.objectContaining({ code: 'foreign_position', field: 'header.madoguchi-wait-for' })],
    ],
  ])('%s', async (error, status, code, errors) => {
    const kit = await Kit.start();
    kit.behind.read = async () => {
      throw error;
    };
    expect(await problem(await kit.fetch('/things?q=a'))).toMatchObject({ status, code, ...(errors && { errors }) });
  });
});

describe('what nobody foresaw', () => {
  test('is 500 with an id; the log has the kind and the place under it, and no message', async () => {
    const kit = await Kit.start();
    kit.behind.read = async () => {
      throw Object.assign(new TypeError(`${secret}\nis not\n a function`), { code: 'ERR_ODD' });
    };
    const body = await problem(await kit.fetch('/things?q=a'));
    const id = /[0-9a-f-]{36}/.exec(JSON.stringify(body))![0];
    const logged = kit.log.find((line) => line.includes(id))!;
    expect(logged).toMatch(/^\S{36} TypeError ERR_ODD\n {4}at .*problems\.test\.ts/);
    expect(JSON.stringify(body) + kit.log.join()).not.toMatch(/架空|4321|a function/);
  });

  test('even when it is no error at all', async () => {
    const kit = await Kit.start();
    kit.behind.read = () => Promise.reject(secret);
    expect(await problem(await kit.fetch('/things?q=a'))).toMatchObject({ status: 500, code: 'unforeseen' });
    expect(kit.log.join()).not.toContain('架空');
  });

  test('before the first byte of a stream is 500; after it the connection breaks off', async () => {
    const kit = await Kit.start();
    kit.behind.sound = async function* () {
      yield* [];
      throw new Error(secret);
    };
    const early = await kit.fetch('/sounds/thing-1');
    expect(early.status).toBe(500);
    expect(await early.text()).not.toContain('架空');
    kit.behind.sound = async function* () {
      yield Buffer.from('RIFF');
      throw new Error(secret);
    };
    await expect(kit.fetch('/sounds/thing-1').then((late) => late.text())).rejects.toThrow('terminated');
    expect(kit.log.join()).not.toContain('架空');
  });
});

test('the log names method, route, status and time of each request, nothing else of it', async () => {
  const kit = await Kit.start();
  await kit.fetch(`/things?q=${encodeURIComponent(secret)}`);
  await kit.fetch('/things/thing-42');
  await kit.fetch('/nothing-090-0000-4321');
  expect(kit.log.map((line) => line.replace(/\d+ ms.*/, 'n ms'))).toEqual([
    'GET /things 200 n ms',
    'GET /things/:id 200 n ms',
    'GET unknown route 404 n ms',
  ]);
});

test('no value comes back, wherever it stood', async () => {
  const kit = await Kit.start();
  const places: ReadonlyArray<(value: string) => Promise<Response>> = [
    (v) => kit.send('POST', '/things', v),
    (v) => kit.send('POST', '/things', [v]),
    (v) => kit.send('POST', '/things', { ...thing, size: v, kind: v, maker: { name: [v], since: v } }),
    (v) => kit.send('POST', '/things', { ...thing, colours: [v, v], maker: v, fragile: v }),
    (v) => kit.send('POST', '/things', { ...thing, [v]: v, maker: { ...thing.maker, [v]: 1 } }),
    (v) => kit.send('PUT', `/things/${encodeURIComponent(v)}`, thing),
    (v) => kit.fetch(`/things?q=a&limit=${encodeURIComponent(v)}&kind=${encodeURIComponent(v)}`),
    (v) => kit.fetch(`/things?q=a&${encodeURIComponent(v)}=${encodeURIComponent(v)}`),
    (v) => kit.fetch(`/${encodeURIComponent(v)}`),
    (v) => kit.send('PUT', '/things/thing-1', thing, { 'idempotency-key': encodeURIComponent(v) }),
    (v) => kit.send('PUT', '/things/thing-1', thing, { 'if-match': encodeURIComponent(v) }),
    (v) => kit.fetch('/things?q=a', { headers: { 'madoguchi-wait-for': encodeURIComponent(v) } }),
    (v) => kit.fetch('/things?q=a', { headers: { authorization: `Bearer ${encodeURIComponent(v)}` } }),
    (v) => kit.fetch('/things', { method: 'POST', headers: json, body: `{"title": "${v}` }),
  ];
  const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => `窓${text}口`);
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(...places), async (text, place) => {
      const response = await place(text);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      const answer = (await response.text()) + JSON.stringify([...response.headers]) + kit.log.splice(0).join('\n');
      for (const form of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
        expect(answer).not.toContain(form);
    }),
    { numRuns: 400 },
  );
  expect(kit.behind.seen).toEqual([]);
});
