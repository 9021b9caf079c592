import { trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import { expect, test } from 'vitest';
import { tracesOver } from '../../src/infrastructure/telemetry/otlp-traces.js';
import { ReportedExporter } from '../../src/infrastructure/telemetry/reported-exporter.js';
import { inSpan } from '../../src/infrastructure/telemetry/spans.js';

const spans = (count: number) => Array.from({ length: count }, () => ({}) as ReadableSpan);
const refused = Object.assign(new Error('connect ECONNREFUSED http://user:himitsu@127.0.0.1'), {
  code: 'ECONNREFUSED',
});

test('what is lost is told at once, then every ten minutes, and when spans arrive again', async () => {
  let [error, now]: [Error | undefined, number] = [undefined, 0];
  const said: string[] = [];
  const inner: SpanExporter = {
    export: (_, done) => done(error === undefined ? { code: 0 } : { code: 1, error }),
    shutdown: async () => undefined,
  };
  const say = (message: string) => void said.push(message);
  const exporter = new ReportedExporter(inner, { warn: say, log: say }, () => now);
  const results: unknown[] = [];
  const exported = (count: number) => exporter.export(spans(count), ({ code }) => results.push(code));

  exported(1);
  error = refused;
  exported(2);
  exported(3);
  now += 599_999;
  exported(4);
  now += 1;
  exported(5);
  error = undefined;
  exported(6);
  exported(7);
  error = refused;
  exported(8);
  expect(said).toEqual([
    'traces do not arrive (ECONNREFUSED); 2 spans are lost so far',
    'traces do not arrive (ECONNREFUSED); 14 spans are lost so far',
    'traces arrive again; 14 spans were lost',
    'traces do not arrive (ECONNREFUSED); 8 spans are lost so far',
  ]);
  expect(results).toEqual([0, 1, 1, 1, 1, 0, 0, 1]);
});

test('an exporter that never comes back does not hold up the end', async () => {
  const exported: string[] = [];
  const inner: SpanExporter = {
    export: (spans) => exported.push(...spans.map(({ name }) => name)),
    shutdown: () => new Promise(() => undefined),
  };
  const traces = tracesOver(inner, '1.2.3', 10);
  await inSpan(trace.getTracer('test'), 'the last', {}, async () => undefined);
  await traces.close();
  expect(exported).toEqual(['the last']);
});
