import { trace } from '@opentelemetry/api';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openTraces } from '../../src/infrastructure/telemetry/open-traces.js';
import { scan } from '../canary/scanner.js';
import { TestServer } from '../http/server.js';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';
import { Receiver } from './receiver.js';

const contact = {
  name: '架空ヶ原 鶴亀之介',
  phone: '090-0000-7316',
  address: '若葉市幻影区まぼろし九丁目九九番九号 ｶｹﾞﾛｳ荘',
  content: '蜃気楼に関する申請の控えを失くしたので再発行してほしい',
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
/** What no span may hold: what citizens said, and who asked. */
const canaries = [...Object.values(contact), inquiry.summary, inquiry.answer, 'test-operator', 'test-auditor'];

describe('where an endpoint is named', { timeout: 120_000 }, () => {
  test('spans arrive, the last ones as the server ends, and nothing personal with them', async () => {
    const receiver = await Receiver.start();
    const server = await ServerProcess.start(tempDir(), {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=wakaba',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
    });
    await server.done('administrator', 'PUT', '/departments/fukushi', { name: '福祉課' });
    const { body } = await server.done('operator', 'POST', '/inquiries', inquiry);
    const path = `/inquiries/${body.id}/callback`;
    const state = { tracestate: `vendor=${contact.phone}`, baggage: `caller=${encodeURIComponent(contact.name)}` };
    await server.done('operator', 'POST', path, { requestedByCitizen: true, contact }, state);
    await server.ask('operator', 'POST', path, {
      requestedByCitizen: true,
      contact: { ...contact, phone: contact.name },
    });
    await server.ask('auditor', 'GET', `/faq-articles?q=${encodeURIComponent(contact.name)}`);
    await server.ask('operator', 'GET', `/inquiries/${encodeURIComponent(contact.name)}`);
    const purpose = { purpose: 'callback' };
    const { body: disclosed } = await server.done('department-staff@fukushi', 'POST', `${path}/disclosures`, purpose);
    expect(disclosed.content).toEqual(contact);
    expect(await server.kill('SIGTERM')).toBe(0);

    const names = receiver.spans.map(({ name }) => name);
    for (const name of [
      'POST /inquiries/:id/callback',
      'RequestCallback',
      'EventStore.append',
      'LexicalFaqSearch.search',
    ])
      expect(names).toContain(name);
    expect(receiver.resource).toMatchObject({
      'service.name': 'madoguchi',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+$/),
      'deployment.environment.name': 'test',
    });
    for (const { path, headers } of receiver.requests)
      expect([path, headers['x-tenant']]).toEqual(['/v1/traces', 'wakaba']);
    const sent = receiver.requests.flatMap(({ body, headers }) =>
      scan(canaries, 'sent', Buffer.from(body + JSON.stringify(headers))),
    );
    expect(sent).toEqual([]);
    expect(scan(canaries, 'log', Buffer.from(server.output()))).toEqual([]);
  });

  test('that does not answer, the server says so once, goes on answering, and ends in time', async () => {
    const receiver = await Receiver.start();
    await receiver.close();
    const server = await ServerProcess.start(tempDir(), {
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '100' },
    });
    const warned = () => server.output().match(/traces do not arrive/g)?.length ?? 0;
    await vi.waitUntil(async () => (await server.done('operator', 'GET', '/me')) && warned() > 0, { timeout: 30_000 });
    for (let i = 0; i < 50; i++) await server.done('operator', 'GET', '/me');
    const began = performance.now();
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(warned()).toBe(1);
    expect(server.output()).toMatch(/traces do not arrive \(ECONNREFUSED\); \d+ spans are lost so far/);
  });

  test.each([['always_off'], ['parentbased_always_off']])('with the sampler %s nothing is sent', async (sampler) => {
    const receiver = await Receiver.start();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER: sampler };
    const server = await ServerProcess.start(tempDir(), { env });
    await server.done('administrator', 'PUT', '/departments/fukushi', { name: '福祉課' });
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(receiver.requests).toEqual([]);
  });
});

describe('nothing is traced', () => {
  test.each([
    [{}],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
    [{ OTEL_SERVICE_NAME: 'madoguchi', OTEL_TRACES_SAMPLER: 'always_on' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' }],
  ])('where the environment says %j', async (environment) => {
    expect(await openTraces(environment, '1.2.3')).toBeUndefined();
  });

  test('and no span is made, whoever would take it', async () => {
    const getTracer = vi.fn<() => never>();
    trace.setGlobalTracerProvider({ getTracer });
    onTestFinished(() => trace.disable());
    const server = await TestServer.start();
    await server.done('administrator', 'PUT', '/departments/fukushi', { name: '福祉課' });
    await server.get('operator', '/departments');
    await server.close();
    expect(getTracer).not.toHaveBeenCalled();
  });
});

test('an endpoint that is none is named, and not repeated', async () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'himitsu:4318' };
  await expect(openTraces(environment, '1.2.3')).rejects.toThrow(
    /^OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http:\/\/127\.0\.0\.1:4318$/,
  );
});
