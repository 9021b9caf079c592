import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/** Shut, it lets nothing pass in either direction, and nothing is lost: what a stopped process does. */
export class Valve {
  private waiting: Array<() => void> | undefined;

  get isShut(): boolean {
    return this.waiting !== undefined;
  }

  shut(): void {
    this.waiting ??= [];
  }

  open(): void {
    const { waiting = [] } = this;
    this.waiting = undefined;
    for (const act of waiting) act();
  }

  /** Opens, and forgets what waits: the process is gone. */
  abandon(): void {
    this.waiting = undefined;
  }

  /** Acts at once, or as soon as the valve is open again, in the order of the calls. */
  pass(act: () => void): void {
    if (this.waiting === undefined) act();
    else this.waiting.push(act);
  }
}

/** A connection that a valve can hold and that can be torn, whatever HTTP/2 does with it at the time. */
export class Wire extends Duplex {
  constructor(
    private readonly socket: Socket,
    private readonly valve: Valve,
    /** Changes what is sent first. */
    private opening: ((bytes: Buffer) => Buffer) | undefined,
  ) {
    super({ allowHalfOpen: false });
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
    this.hold();
  }

  /** Stops reading if the valve is shut. */
  hold(): void {
    if (!this.valve.isShut) return;
    this.socket.pause();
    this.valve.pass(() => this.socket.resume());
  }

  /** What the other side sees when a process is killed: `ECONNRESET`. */
  tear(): void {
    this.socket.resetAndDestroy();
  }

  override _read(): void {
    this.valve.pass(() => this.socket.resume());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.send([chunk], done);
  }

  override _writev(chunks: ReadonlyArray<{ readonly chunk: Buffer }>, done: Done): void {
    this.send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Done): void {
    this.valve.pass(() => this.socket.end(() => done()));
  }

  override _destroy(error: Error | null, done: Done): void {
    this.socket.destroy();
    done(error);
  }

  private send([first, ...rest]: ReadonlyArray<Buffer>, done: Done): void {
    const chunks = [this.opening?.(first!) ?? first!, ...rest];
    this.opening = undefined;
    this.valve.pass(() => {
      this.socket.cork();
      for (const chunk of chunks.slice(0, -1)) this.socket.write(chunk);
      this.socket.write(chunks.at(-1)!, done);
      this.socket.uncork();
    });
  }
}
