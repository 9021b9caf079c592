import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import { trace } from '@opentelemetry/api';
import { expect, onTestFinished, test } from 'vitest';
import { tracesOver } from '../../src/infrastructure/telemetry/otlp-traces.js';
import { inSpan } from '../../src/infrastructure/telemetry/spans.js';
import { scan } from '../canary/scanner.js';
import { Kept } from './kept.js';

const secret = '架空ヶ原 鶴亀之介';

/** A cluster that refuses every search, and quotes it as Elasticsearch does. */
const quotingCluster = async (): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const cause = { type: 'parsing_exception', reason: `cannot parse [${secret}]` };
      const error = { ...cause, root_cause: [cause] };
      response.writeHead(400, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      response.end(JSON.stringify({ error, status: 400 }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Everything about spans but what they belong to. */
const told = (kept: Kept) =>
  Buffer.from(
    JSON.stringify(
      kept.spans.map(({ name, attributes, status, events, links }) => ({ name, attributes, status, events, links })),
    ),
  );

test('of a search that Elasticsearch refuses nothing leaves the process but what kind it was', async () => {
  const node = await quotingCluster();
  const client = new Client({ node });
  const kept = new Kept();
  const traces = tracesOver(kept, '1.2.3');
  const tracer = trace.getTracer('test');
  const query = { match: { question: secret } };
  // As talkative as the client can be made.
  const search = () => client.search({ index: 'faq', query }, { openTelemetry: { captureSearchQuery: true } });
  await expect(inSpan(tracer, 'a request', {}, search)).rejects.toThrow(secret);
  await expect(client.get({ index: 'faq', id: secret })).rejects.toThrow(secret);
  await client.close();
  await traces.close();

  const span = kept.the('search');
  expect(span.attributes).toEqual({
    'db.system': 'elasticsearch',
    'http.request.method': 'POST',
    'db.operation.name': 'search',
    'db.collection.name': 'faq',
    'db.response.status_code': '400',
    'error.type': 'ResponseError',
  });
  expect(span.droppedEventsCount).toBe(1);
  expect(kept.the('a request').attributes).toEqual({ 'error.type': 'ResponseError' });
  // Nothing led to the second one.
  expect(kept.spans).toHaveLength(2);
  expect(scan([secret], 'spans', told(kept))).toEqual([]);
});
