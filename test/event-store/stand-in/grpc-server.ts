import { once } from 'node:events';
import { performServerHandshake, type ServerHttp2Session } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { Call } from './call.js';
import { withStreamLimit } from './stream-limit.js';
import { Valve, Wire } from './wire.js';

/** Answers a call of one method. */
export type Handler = (call: Call) => void;

// The real server's: the 101st call on a connection waits without a word.
const MAX_CONCURRENT_STREAMS = 100;
const WINDOW_BYTES = 1024 * 1024;

// Node's guards against floods would end connections on which clients break off many calls, or read much at once.
const UNGUARDED = {
  maxSessionMemory: Number.MAX_SAFE_INTEGER,
  streamResetBurst: Number.MAX_SAFE_INTEGER,
  streamResetRate: Number.MAX_SAFE_INTEGER,
};

const STOP_MS = 1_000;

/**
 * gRPC over HTTP/2 without TLS, on loopback. Written on `node:http2`, since the server of grpc-js cannot end a call
 * without a status or stand still, and writes every message by itself.
 */
export class GrpcServer {
  private readonly valve = new Valve();
  private readonly connections = new Map<Wire, ServerHttp2Session>();
  private readonly calls = new Set<Call>();
  private listener: Server | undefined;
  private closed = Promise.resolve();

  /** `handlers` by the method's path. */
  constructor(private readonly handlers: Readonly<Record<string, Handler>>) {}

  /** Calls that are open now. */
  get openCalls(): number {
    return this.calls.size;
  }

  /** Resolves to the port; 0 takes a free one. */
  async listen(port: number): Promise<number> {
    await this.closed;
    const listener = createServer({ noDelay: true }, (socket) => this.accept(socket));
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    this.listener = listener;
    return (listener.address() as AddressInfo).port;
  }

  /** Takes nothing and answers nothing until `thaw`: connections are still accepted, as the kernel does. */
  freeze(): void {
    this.valve.shut();
    for (const wire of this.connections.keys()) wire.hold();
  }

  thaw(): void {
    this.valve.open();
  }

  /** Acts now, or at the thaw. */
  whenThawed(act: () => void): void {
    this.valve.pass(act);
  }

  /** Tears all connections at once and listens no more. */
  async kill(): Promise<void> {
    const closed = this.close();
    this.valve.abandon();
    this.tear();
    await closed;
  }

  /** Ends open calls without a status, then the connections. */
  async stop(): Promise<void> {
    const closed = this.close();
    this.valve.open();
    for (const call of this.calls) call.reset();
    for (const session of this.connections.values()) session.close();
    // A client that does not end its side is not waited for.
    const late = setTimeout(() => this.tear(), STOP_MS);
    await closed;
    clearTimeout(late);
  }

  private tear(): void {
    for (const wire of this.connections.keys()) wire.tear();
  }

  /** Resolves when nobody can connect, and nobody is. */
  private close(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    if (listener !== undefined) {
      const closed = once(listener, 'close');
      listener.close();
      this.closed = closed.then(() => undefined);
    }
    return this.closed;
  }

  private accept(socket: Socket): void {
    const wire = new Wire(socket, this.valve, (bytes) => withStreamLimit(bytes, MAX_CONCURRENT_STREAMS));
    const session = performServerHandshake(wire, {
      ...UNGUARDED,
      settings: { maxConcurrentStreams: 10 * MAX_CONCURRENT_STREAMS, initialWindowSize: WINDOW_BYTES },
    });
    session.setLocalWindowSize(WINDOW_BYTES);
    this.connections.set(wire, session);
    wire.on('close', () => this.connections.delete(wire));
    session.on('error', () => wire.destroy());
    session.on('stream', (stream, headers) => {
      const call = new Call(stream, headers, wire);
      this.calls.add(call);
      call.onClose(() => this.calls.delete(call));
      const handler = this.handlers[headers[':path'] ?? ''];
      if (handler === undefined) call.end({ code: status.UNIMPLEMENTED, message: 'Service is unimplemented.' });
      else handler(call);
    });
  }
}
