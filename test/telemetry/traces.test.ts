import { trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import type { Storage } from '../../src/infrastructure/server/storage.js';
import { tracesOver } from '../../src/infrastructure/telemetry/otlp-traces.js';
import { inSpan } from '../../src/infrastructure/telemetry/spans.js';
import { TestServer } from '../http/server.js';
import { Kept } from './kept.js';

/** A server whose spans are kept; `ended` resolves when all that ended is there. */
const traced = async () => {
  const kept = new Kept();
  const traces = tracesOver(kept, '1.2.3');
  const server = await TestServer.start({ traces });
  const ended = async () => {
    await server.close();
    await traces.close();
    return kept;
  };
  return { server, ended };
};

const inquiry = {
  summary: '申請の控えの再発行について',
  answer: '担当課から連絡することとした',
  category: 'fukushi',
  department: 'fukushi',
  relatedDepartments: [],
  handling: 'callback',
  receivedAt: '2026-11-20T10:00:00.000Z',
  scope: 'identity-check',
};
const contact = { name: '見本 太郎', phone: '090-0000-4321', address: '若葉市見本一丁目', content: '控えの再発行' };
const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

describe('a request', () => {
  test('makes a tree with its command, and what that read and stored, below the span of whoever asked', async () => {
    const { server, ended } = await traced();
    await server.done('administrator', 'PUT', '/departments/fukushi', { name: '福祉課' });
    const { body } = await server.done('operator', 'POST', '/inquiries', inquiry);
    const path = `/inquiries/${body.id}/callback`;
    const headers = { traceparent: `00-${caller.traceId}-${caller.spanId}-01` };
    await server.done('operator', 'POST', path, { requestedByCitizen: true, contact }, headers);
    const { body: history } = await server.get('auditor', `/streams/inquiry-${body.id}/events`);

    const kept = await ended();
    const request = kept.the('POST /inquiries/:id/callback');
    expect(request.parentSpanContext).toMatchObject(caller);
    expect(request.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/inquiries/:id/callback',
      'http.response.status_code': 201,
    });
    const command = kept.the('RequestCallback');
    expect(command.attributes).toEqual({ 'madoguchi.outcome': 'done' });
    expect(kept.below(request)).toEqual([command]);
    const stored = kept.below(command).filter(({ name }) => name === 'EventStore.append');
    expect(stored.map(({ attributes }) => attributes)).toEqual(
      ['citizen', 'inquiry'].map((category) => ({
        'madoguchi.stream.category': category,
        'madoguchi.events': 1,
        'madoguchi.outcome': 'done',
      })),
    );
    expect(new Set(kept.below(command).map(({ name }) => name))).toEqual(
      new Set(['EventStore.readStream', 'EventStore.append']),
    );
    const { traceId, spanId } = stored[1]!.spanContext();
    expect(traceId).toBe(caller.traceId);
    expect(history.items[1].metadata.traceparent).toBe(`00-${traceId}-${spanId}-01`);
  });

  test('that reads a view shows how long it waited, and the query', async () => {
    const { server, ended } = await traced();
    const { headers } = await server.done('administrator', 'PUT', '/departments/fukushi', { name: '福祉課' });
    const wait = { 'madoguchi-wait-for': headers.get('madoguchi-position')! };
    await server.get('operator', '/departments', wait);
    const kept = await ended();
    const below = kept.below(kept.the('GET /departments'));
    expect(below.map(({ name }) => name)).toEqual(['Views.waitFor', 'Directory.departments']);
  });

  test('that is refused is a span too, of its route alone', async () => {
    const { server, ended } = await traced();
    await server.send({ method: 'GET', path: '/inquiries/himitsu?q=himitsu' });
    await server.get('operator', '/himitsu?q=himitsu');
    const kept = await ended();
    expect(kept.spans.map(({ name, attributes }) => [name, attributes['http.response.status_code']])).toEqual([
      ['GET /inquiries/:id', 401],
      ['GET', 404],
    ]);
  });
});

test('a reaction is a trace of its own, linked to the span that stored its event', async () => {
  const { server, ended } = await traced();
  await server.done('administrator', 'PUT', '/departments/fukushi', { name: '福祉課' });
  const { body } = await server.done('operator', 'POST', '/inquiries', inquiry);
  const path = `/inquiries/${body.id}/callback`;
  await server.done('operator', 'POST', path, { requestedByCitizen: true, contact });
  await server.done('responsible-manager', 'POST', `${path}/erasure`, { reason: 'citizen-request' });
  await server.settled();

  const kept = await ended();
  const cause = kept.below(kept.the('EraseContact')).find(({ name }) => name === 'EventStore.append')!;
  const reaction = kept.the('reaction complete-erasures');
  expect(reaction.parentSpanContext).toBeUndefined();
  expect(reaction.attributes).toEqual({ 'madoguchi.event.type': 'ContactErasureBegun' });
  expect(reaction.links.map(({ context }) => context)).toMatchObject([
    { traceId: cause.spanContext().traceId, spanId: cause.spanContext().spanId },
  ]);
  expect(reaction.spanContext().traceId).not.toBe(cause.spanContext().traceId);
  const told = kept.below(reaction).filter(({ name }) => name === 'EventStore.append');
  expect(told.map(({ attributes }) => attributes['madoguchi.stream.category'])).toEqual(['inquiry']);
});

test('a port over another is a span above it; what a port knows at once is none', async () => {
  abstract class Within {
    abstract ask(): Promise<string>;
  }
  abstract class Over extends Within {
    abstract known(): number;
  }
  const kept = new Kept();
  const traces = tracesOver(kept, '1.2.3');
  const useFactory = (within: Within) => ({ ask: async () => `${await within.ask()}, again`, known: () => 7 });
  const viewPorts = [
    { provide: Within, useValue: { ask: async () => 'asked' } },
    { provide: Over, inject: [Within], useFactory },
  ];
  const wired = traces.storage({ views: {}, viewPorts } as unknown as Storage).viewPorts as typeof viewPorts;
  const over = wired[1]!.useFactory!(wired[0]!.useValue!);

  expect([over.known(), await over.ask()]).toEqual([7, 'asked, again']);
  const work = async () => [over.known(), await over.ask()];
  expect(await inSpan(trace.getTracer('test'), 'a request', {}, work)).toEqual([7, 'asked, again']);
  await traces.close();
  const asked = kept.the('Over.ask');
  expect(kept.below(kept.the('a request'))).toEqual([asked]);
  expect(kept.below(asked)).toEqual([kept.the('Within.ask')]);
  expect(kept.spans).toHaveLength(3);
});
