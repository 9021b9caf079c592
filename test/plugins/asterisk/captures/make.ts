// Captures a call on each extension of a real Asterisk, as the recorder meets it: every request with its answer, every
// event, every row. With the variables of the Asterisk's env file and ASTERISK_CALL in the environment:
//   npx node --experimental-transform-types --import=./test/support/typescript.mjs test/plugins/asterisk/captures/make.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { asteriskRecorder } from '../../../../src/plugins/recorders/asterisk/asterisk-recorder.js';
import { parseCdr } from '../../../../src/plugins/recorders/asterisk/call-records.js';
import { Tail } from '../../../../src/plugins/recorders/asterisk/tail.js';
import { isPoll, type CapturedRequest, type Step } from '../exchange.js';
import { required, settings } from '../settings.js';

const steps: Array<Step> = [];
const upstream = required('ASTERISK_ARI_URL');
const authorization = `Basic ${btoa(`${required('ASTERISK_ARI_USER')}:${required('ASTERISK_ARI_PASSWORD')}`)}`;

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://proxy');
  const path = url.pathname.replace(/^\/ari/, '');
  const captured: CapturedRequest = { method: request.method ?? 'GET', path, query: url.search, status: 0 };
  if (!isPoll(captured.method, path)) steps.push({ request: captured });
  const answer = await fetch(`${upstream}${path}${url.search}`, {
    method: captured.method,
    headers: { authorization },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  captured.status = answer.status;
  if (bytes.length > 0 && answer.headers.get('content-type')?.includes('json'))
    captured.body = JSON.parse(bytes.toString());
  else if (bytes.length > 0) captured.bytes = bytes.length;
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(bytes);
});
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const events = new WebSocket(
    `${upstream.replace('http', 'ws')}/events${new URL(request.url ?? '/', 'http://x').search}`,
    {
      headers: { authorization },
    },
  );
  events.once('open', () =>
    sockets.handleUpgrade(request, socket, head, (client) => {
      events.on('message', (data: Buffer) => {
        steps.push({ event: JSON.parse(data.toString()) });
        client.send(data.toString());
      });
      client.once('close', () => events.close());
    }),
  );
});
await once(server.listen(0, '127.0.0.1'), 'listening');

const noLoss = () => undefined;
const cel = new Tail(required('ASTERISK_CEL'), undefined, noLoss);
const cdr = new Tail(required('ASTERISK_CDR'), undefined, noLoss);
while ((await cel.read()).length > 0 || (await cdr.read()).length > 0);
const ended = new AbortController();
const follow = async () => {
  while (!ended.signal.aborted) {
    for (const { text } of await cel.read()) steps.push({ cel: text });
    for (const { text } of await cdr.read()) {
      steps.push({ cdr: text });
      const file = parseCdr(text)?.userField;
      if (file) steps.push({ file: { name: file, bytes: 0 } });
    }
    await delay(10);
  }
};
const following = follow();

const ari = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ari`;
const configured = asteriskRecorder.configure({ ...settings(), ariUrl: ari });
if (!configured.ok) throw new Error(JSON.stringify(configured.errors));
const state = {
  get: async () => JSON.stringify({ cel: cel.position, cdr: cdr.position, told: [] }),
  set: async () => {},
};
const recorder = await configured.value.start({
  instance: 'asterisk-capture',
  emit: async () => undefined,
  log: console,
  state,
  signal: ended.signal,
});
await delay(1_000);
for (const [i, extension] of ['7001', '7119', '7000', '7002', '7003'].entries()) {
  const bye = extension === '7003' ? ['-b'] : [];
  const call = spawn(required('ASTERISK_CALL'), [...bye, '-s', '5', '-f', `030000000${i + 1}`, extension], {
    stdio: 'inherit',
  });
  if ((await once(call, 'exit'))[0] !== 0) throw new Error(`the call to ${extension} failed`);
}
await delay(8_000);
await recorder.stop();
ended.abort();
await following;
for (const step of steps)
  if ('file' in step) step.file.bytes = statSync(join(required('ASTERISK_MONITOR_DIR'), step.file.name)).size;
writeFileSync(join(import.meta.dirname, 'calls.json'), `${JSON.stringify(steps, null, 1)}\n`);
server.close();
server.closeAllConnections();
