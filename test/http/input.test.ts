import { describe, expect, test } from 'vitest';
import { commandIdOf } from '../../src/application/aggregates/ids.js';
import type { StaffId } from '../../src/domain/kernel/ids.js';
import { Kit, thing } from './kit.js';

const errorsOf = async (response: Response) => {
  const { errors } = (await response.json()) as { errors: ReadonlyArray<{ field: string; code: string }> };
  return Object.fromEntries(errors.map(({ field, code }) => [field, code]));
};

describe('what is wrong', () => {
  test('in path, headers and body is told at once, each by its place', async () => {
    const kit = await Kit.start();
    const body = { title: ' ', size: 10, maker: { name: 'x', since: 'today', 電話: 1 }, colours: ['red', 'red'], x: 1 };
    const response = await kit.send('PUT', '/things/THING', body, { 'idempotency-key': 'again', 'if-match': '3' });
    expect(response.status).toBe(400);
    expect(await errorsOf(response)).toEqual({
      'path.id': 'invalid_field',
      title: 'invalid_field',
      size: 'invalid_field',
      kind: 'missing_field',
      'maker.since': 'invalid_field',
      'maker.*': 'unknown_field',
      colours: 'invalid_field',
      x: 'unknown_field',
      'header.idempotency-key': 'invalid_field',
      'header.if-match': 'invalid_field',
    });
    expect(kit.behind.seen).toEqual([]);
  });

  test('in the query too: missing, of another type, unknown, given twice', async () => {
    const kit = await Kit.start();
    const response = await kit.fetch('/things?limit=1.5&fragile=yes&kind=small&kind=large&page=2', {
      headers: { 'madoguchi-wait-for': 'soon' },
    });
    expect(await errorsOf(response)).toEqual({
      'query.q': 'missing_field',
      'query.limit': 'invalid_field',
      'query.fragile': 'invalid_field',
      'query.kind': 'invalid_field',
      'query.page': 'unknown_field',
      'header.madoguchi-wait-for': 'invalid_field',
    });
  });

  test('a body or an If-Match where none belongs', async () => {
    const kit = await Kit.start();
    const response = await kit.send('DELETE', '/things/thing-1', { title: 'x' }, { 'if-match': '"3"' });
    expect(await errorsOf(response)).toEqual({ title: 'unknown_field', 'header.if-match': 'not_conditional' });
  });

  test('no body where one belongs, or a list, or nothing', async () => {
    const kit = await Kit.start();
    for (const body of [undefined, [], null, 'text', 7]) {
      const response = await kit.send('POST', '/things', body);
      expect([response.status, Object.keys(await errorsOf(response))]).toEqual([400, ['body']]);
    }
  });
});

describe('what reaches the handler', () => {
  test('is typed by the codecs: texts of a query as numbers and truths', async () => {
    const kit = await Kit.start();
    await kit.fetch('/things?q=42&limit=5&fragile=true&kind=large');
    expect(kit.behind.seen).toMatchObject([{ query: { q: '42', limit: 5, fragile: true, kind: 'large' } }]);
  });

  test('names the command by actor and key, the revision that was seen, and the trace', async () => {
    const kit = await Kit.start();
    const key = '018F0000-0000-7000-8000-00000000ABCD';
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const response = await kit.send('PUT', '/things/thing-1', thing, {
      'idempotency-key': key,
      'if-match': '"7"',
      traceparent,
    });
    expect(response.status).toBe(200);
    const actor = { subject: 'op-0001', role: 'operator' };
    const commandId = commandIdOf('op-0001' as StaffId, key.toLowerCase());
    expect(kit.behind.seen).toEqual([
      {
        params: { id: 'thing-1' },
        query: {},
        body: thing,
        actor,
        request: { commandId, actor, expectedRevision: 7, traceparent },
        csv: false,
      },
    ]);
  });

  test('is no trace that is none', async () => {
    const kit = await Kit.start();
    await kit.send('POST', '/things', thing, { traceparent: '090-0000-4321' });
    expect(kit.behind.seen).toMatchObject([
      { request: expect.not.objectContaining({ traceparent: expect.anything() }) },
    ]);
  });
});

describe('what is answered', () => {
  test('to a command: revision and position, in the body and as headers', async () => {
    const kit = await Kit.start();
    const response = await kit.send('POST', '/things', thing);
    expect(response.status).toBe(201);
    expect(response.headers.get('etag')).toBe('"3"');
    expect(response.headers.get('madoguchi-position')).toBe('0-3');
    expect(await response.json()).toEqual({ id: 'thing-1', revision: 3, position: '0-3' });
  });

  test('is kept by no cache and framed by no page', async () => {
    const kit = await Kit.start();
    for (const path of ['/things?q=a', '/open', '/nothing']) {
      const { headers } = await kit.fetch(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });

  test('to a read that waits: once its view has come that far, or 503', async () => {
    const kit = await Kit.start();
    const waited: string[] = [];
    kit.behind.view = async (position) => {
      waited.push(position);
      return position === '0-3';
    };
    const headers = (position: string) => ({ headers: { 'madoguchi-wait-for': position } });
    expect((await kit.fetch('/things?q=a', headers('0-3'))).status).toBe(200);
    const behind = await kit.fetch('/things?q=a', headers('0-4'));
    expect([behind.status, behind.headers.get('retry-after')]).toEqual([503, '1']);
    expect(waited).toEqual(['0-3', '0-4']);
    expect(kit.behind.seen).toHaveLength(1);
  });

  test('on the way when the server ends: what is under way is finished, nothing new begins', async () => {
    const kit = await Kit.start();
    let finish = () => {};
    const entered = new Promise<void>((enter) => {
      kit.behind.read = async () => {
        enter();
        await new Promise<void>((resolve) => (finish = resolve));
        return { items: [] };
      };
    });
    const answer = kit.fetch('/things?q=a');
    await entered;
    const closed = kit.app.close();
    await expect
      .poll(() =>
        kit.fetch('/open').then(
          ({ status }) => status === 200,
          () => false,
        ),
      )
      .toBe(false);
    finish();
    expect((await answer).status).toBe(200);
    await closed;
  });
});
