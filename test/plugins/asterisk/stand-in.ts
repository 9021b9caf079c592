import { once } from 'node:events';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { parseCel } from '../../../src/plugins/recorders/asterisk/call-records.js';
import { random } from '../../support/random.js';
import { isPoll, type Step } from './exchange.js';

/** Stands in for an Asterisk by replaying a capture: all goes on up to the next request, which must come first. */
export class StandIn {
  readonly celFile: string;
  readonly cdrFile: string;
  readonly monitorDir: string;
  /** Requests that the capture has no answer to. */
  readonly unexpected: Array<string> = [];
  connections = 0;
  private readonly pending: Array<Step>;
  private readonly live = new Set<string>();
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly server = createServer((request, response) => this.answer(request, response));
  private client: WebSocket | undefined;

  private constructor(dir: string, capture: ReadonlyArray<Step>) {
    this.celFile = join(dir, 'cel.csv');
    this.cdrFile = join(dir, 'cdr.csv');
    this.monitorDir = join(dir, 'monitor');
    mkdirSync(this.monitorDir);
    this.pending = [...capture];
    this.server.on('upgrade', (request, socket, head) => {
      this.sockets.handleUpgrade(request, socket, head, (client) => {
        this.client = client;
        this.connections += 1;
        this.goOn();
      });
    });
  }

  static async start(dir: string, capture: ReadonlyArray<Step>): Promise<StandIn> {
    const standIn = new StandIn(dir, capture);
    await once(standIn.server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => standIn.stop());
    return standIn;
  }

  get ariUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/ari`;
  }

  /** What of the capture has not come about. */
  get left(): ReadonlyArray<Step> {
    return this.pending;
  }

  /** Cuts the connection of the events, as a lost network does. */
  disconnect(): void {
    this.client?.terminate();
  }

  private async stop(): Promise<void> {
    this.disconnect();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private goOn(): void {
    for (let step = this.pending[0]; step !== undefined && !('request' in step); step = this.pending[0]) {
      this.pending.shift();
      if ('event' in step) this.client?.send(JSON.stringify(step.event));
      else if ('cdr' in step) appendFileSync(this.cdrFile, `${step.cdr}\n`);
      else if ('file' in step) writeFileSync(join(this.monitorDir, step.file.name), wav(step.file.bytes));
      else {
        const row = parseCel(step.cel);
        if (row?.type === 'CHAN_START') this.live.add(row.channel);
        if (row?.type === 'CHAN_END') this.live.delete(row.channel);
        appendFileSync(this.celFile, `${step.cel}\n`);
      }
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const [method, path] = [request.method ?? 'GET', url.pathname.replace(/^\/ari/, '')];
    if (isPoll(method, path)) return json(response, 200, this.poll(path));
    const i = this.pending.findIndex(
      (step) =>
        'request' in step &&
        step.request.method === method &&
        step.request.path === path &&
        step.request.query === url.search,
    );
    const step = i < 0 ? undefined : this.pending.splice(i, 1)[0];
    if (step === undefined || !('request' in step)) {
      this.unexpected.push(`${method} ${path}`);
      return json(response, 404, { message: 'not in the capture' });
    }
    const { status, body, bytes } = step.request;
    if (bytes === undefined) json(response, status, body);
    else response.writeHead(status, { 'content-type': 'audio/x-wav' }).end(wav(bytes));
    this.goOn();
  }

  private poll(path: string): unknown {
    if (path === '/asterisk/info') return { status: { startup_time: '2026-04-01T00:00:00.000+0000' } };
    // The recorder hears of these calls by their events: to it they are not in Stasis here.
    const dialplan = { app_name: '', app_data: '' };
    return path === '/channels' ? [...this.live].map((id) => ({ id, dialplan })) : [];
  }
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};

/** Noise as a WAV of 8 kHz, 16 bits, of so many bytes in all. */
export const wav = (bytes: number): Buffer => {
  const file = Buffer.alloc(bytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(bytes - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8_000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(bytes - 44, 40);
  const next = random(1);
  for (let i = 44; i + 1 < bytes; i += 2) file.writeInt16LE(Math.round((next() - 0.5) * 8_000), i);
  return file;
};

/** Loudness of a WAV's samples: root mean square, 1 is full scale. */
export const loudness = (file: Buffer): number => {
  let sum = 0;
  for (let i = 44; i + 1 < file.length; i += 2) sum += (file.readInt16LE(i) / 32_768) ** 2;
  return Math.sqrt(sum / Math.max(1, (file.length - 44) / 2));
};
