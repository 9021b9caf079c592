import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { Unframer } from './framing.js';
import type { Wire } from './wire.js';

/** How a call ends. `trailers` are what the client makes its typed errors of. */
export interface Status {
  readonly code: status;
  readonly message?: string;
  readonly trailers?: Readonly<Record<string, string>>;
}

const OK: Status = { code: status.OK };

// Many small messages go out in one write, which costs as much as one of them.
const WRITE_BYTES = 32 * 1024;

/** Header values are ASCII: the rest is percent-encoded, as gRPC says of `grpc-message`. */
const encoded = (text: string) => text.replace(/[^ -$&-~]/gu, encodeURIComponent);

/** The server's side of one gRPC call. */
export class Call {
  private readonly unframer = new Unframer();
  private readonly onSent = new Map<number, () => void>();
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private sent = 0;
  private isCut = false;

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly headers: IncomingHttpHeaders,
    private readonly wire: Wire,
  ) {
    // The other side may go at any time.
    stream.on('error', () => undefined);
  }

  get requiresLeader(): boolean {
    return this.headers['requires-leader'] === 'true';
  }

  get isOpen(): boolean {
    return !this.isCut && !this.stream.destroyed && !this.stream.closed && !this.stream.writableEnded;
  }

  /** The other side, or the way there, takes no more for now. */
  get isBlocked(): boolean {
    return this.stream.writableNeedDrain;
  }

  /** Gives each message of the request as it comes, and says when it was the last. */
  receive<Message>(read: (bytes: Buffer) => Message, each: (message: Message) => void, end?: () => void): void {
    this.stream.on('data', (chunk: Buffer) => {
      for (const message of this.unframer.push(chunk)) if (this.isOpen) each(read(message));
    });
    if (end !== undefined) this.stream.on('end', () => this.isOpen && end());
  }

  onClose(listener: () => void): void {
    this.stream.once('close', listener);
  }

  /** The call's so manieth message is its last: once it has left, something is done. */
  cutAfter(count: number, act: () => void): void {
    this.onSent.set(count, act);
  }

  /** Sends a framed message; false when the sender should wait until `drained`. */
  send(frame: Buffer): boolean {
    if (!this.isOpen) return true;
    if (this.waiting.length === 0) process.nextTick(() => this.flush());
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    this.sent += 1;
    const act = this.onSent.get(this.sent);
    if (act !== undefined || this.waitingBytes >= WRITE_BYTES) this.flush(act);
    this.isCut = act !== undefined;
    return !this.isBlocked;
  }

  /** Resolves when the call takes more, or is over. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.isBlocked) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.stream.off('drain', done).off('close', done);
        resolve();
      };
      this.stream.on('drain', done).on('close', done);
    });
  }

  end(how: Status = OK): void {
    this.flush();
    if (!this.isOpen) return;
    const trailers = {
      'grpc-status': String(how.code),
      ...(how.message !== undefined && { 'grpc-message': encoded(how.message) }),
      ...Object.fromEntries(Object.entries(how.trailers ?? {}).map(([name, value]) => [name, encoded(value)])),
    };
    if (this.stream.headersSent) {
      this.stream.once('wantTrailers', () => this.stream.sendTrailers(trailers));
      this.stream.end();
    } else {
      this.stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true });
    }
  }

  /** Ends the call without a status: what is left of a call when its server stops in order. */
  reset(): void {
    this.stream.close(constants.NGHTTP2_NO_ERROR);
  }

  /** Tears the whole connection. */
  drop(): void {
    this.wire.tear();
  }

  private flush(then?: () => void): void {
    if (this.waiting.length === 0 || !this.isOpen) return;
    if (!this.stream.headersSent)
      this.stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    const bytes = this.waiting.length === 1 ? this.waiting[0]! : Buffer.concat(this.waiting, this.waitingBytes);
    this.waiting = [];
    this.waitingBytes = 0;
    this.stream.write(bytes, () => then?.());
  }
}
