import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

/** A span in OTLP's JSON. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: ReadonlyArray<Attribute>;
}

interface Exported {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: ReadonlyArray<Attribute> };
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<ReceivedSpan> }>;
  }>;
}

interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Takes OTLP over HTTP as a collector does, and keeps all of it. */
export class Receiver {
  private constructor(
    readonly url: string,
    readonly requests: ReadonlyArray<ReceivedRequest>,
    /** From then on connections are refused. */
    readonly close: () => Promise<void>,
  ) {}

  static async start(): Promise<Receiver> {
    const requests: ReceivedRequest[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        requests.push({ path: request.url!, headers: request.headers, body });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const close = async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    };
    onTestFinished(close);
    return new Receiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close);
  }

  get spans(): ReadonlyArray<ReceivedSpan> {
    return this.#resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  }

  /** What the sender says of itself. */
  get resource(): Readonly<Record<string, unknown>> {
    const attributes = this.#resources[0]?.resource.attributes ?? [];
    return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
  }

  get #resources() {
    return this.requests.flatMap(({ body }) => (JSON.parse(body) as Exported).resourceSpans);
  }
}
