import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as plainServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ElasticsearchConfig } from '../../src/infrastructure/config.js';
import { elasticClient, failureOf, soon } from '../../src/infrastructure/views/elasticsearch/client.js';
import { certificates, hasOpenSsl } from '../support/certificates.js';
import { tempDir } from '../support/temp-dir.js';

const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

/** Answers as a node does, and notes with what credentials it was asked. */
const nodeThatNotes = () => {
  const asked: Array<string | undefined> = [];
  const answer: RequestListener = (request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end('{"name":"mihon"}');
  };
  return { asked, answer };
};

const open = (config: Omit<ElasticsearchConfig, 'prefix'>) => {
  const client = elasticClient({ ...config, prefix: 'none' });
  onTestFinished(() => client.close());
  return client;
};

test.skipIf(!hasOpenSsl)(
  'TLS with the authority of a file and an API key; without the file, no word is said',
  async () => {
    const { asked, answer } = nodeThatNotes();
    const { ca, key, cert } = certificates();
    const nodes = [`https://127.0.0.1:${await portOf(createServer({ key, cert }, answer))}`];
    await open({ nodes, auth: { apiKey: 'aW5rYW46aGltaXRzdQ==' }, caFile: ca }).info();
    expect(asked).toEqual(['ApiKey aW5rYW46aGltaXRzdQ==']);
    const refused = await open({ nodes, auth: { apiKey: 'aW5rYW46aGltaXRzdQ==' } })
      .info({}, soon)
      .catch(failureOf);
    expect(refused).toBe('ConnectionError');
    expect(asked).toHaveLength(1);
  },
);

test('a user with a password, or with the password of a file', async () => {
  const { asked, answer } = nodeThatNotes();
  const nodes = [`http://127.0.0.1:${await portOf(plainServer(answer))}`];
  const passwordFile = join(tempDir(), 'password');
  writeFileSync(passwordFile, 'himitsu\n');
  await open({ nodes, auth: { username: 'madoguchi', password: 'himitsu' } }).info();
  await open({ nodes, auth: { username: 'madoguchi', passwordFile } }).info();
  const basic = `Basic ${Buffer.from('madoguchi:himitsu').toString('base64')}`;
  expect(asked).toEqual([basic, basic]);
});

test('a node that is down costs no request that another can answer', async () => {
  const first = nodeThatNotes();
  const second = nodeThatNotes();
  const failing = plainServer(first.answer);
  const nodes = [await portOf(failing), await portOf(plainServer(second.answer))].map(
    (port) => `http://127.0.0.1:${port}`,
  );
  const client = open({ nodes });
  for (let n = 0; n < 4; n++) await client.info({}, soon);
  expect([first.asked.length, second.asked.length]).toEqual([2, 2]);
  failing.closeAllConnections();
  failing.close();
  for (let n = 0; n < 8; n++) await client.info({}, soon);
  expect(second.asked).toHaveLength(10);
});

test('a file that cannot be read is named by its setting', () => {
  const missing = join(tempDir(), 'missing');
  const nodes = ['https://127.0.0.1:9'];
  expect(() => open({ nodes, caFile: missing })).toThrow(
    new Error('the file that ELASTICSEARCH_CA_FILE names cannot be read: ENOENT'),
  );
  expect(() => open({ nodes, auth: { username: 'madoguchi', passwordFile: missing } })).toThrow(
    new Error('the file that ELASTICSEARCH_PASSWORD_FILE names cannot be read: ENOENT'),
  );
});
