import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A line to a server that can fail: everything that passes through it can be held back, or cut off. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private held = false;

  private constructor(readonly url: string) {}

  /** To the server of this address; it ends with the test. */
  static async to(address: string): Promise<Line> {
    const target = new URL(address);
    const server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      line.join(near, far);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(address);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const line = new Line(url.href);
    onTestFinished(async () => {
      line.cut();
      server.close();
      await once(server, 'close');
    });
    return line;
  }

  /** Nothing passes any more, and nobody is told. */
  hold(): void {
    this.held = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** All that was held back passes. */
  mend(): void {
    this.held = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Ends every connection there is. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.held) from.pause();
    }
  }
}
