import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { estypes } from '@elastic/elasticsearch';
import { operationsOf, refusedItem } from './bulk-body.js';

type Call = 'bulk' | 'checkpoint' | 'alias' | 'other';

const writes: ReadonlyArray<Call> = ['bulk', 'checkpoint', 'alias'];
const all: ReadonlyArray<Call> = [...writes, 'other'];

/** What can go wrong, once each time that it is planned, and with which requests. */
const struckBy = {
  /** The connection is torn before the server has the request. */
  'dropped-before': all,
  /** What was asked is done, and the connection torn before the answer. */
  'dropped-after': all,
  /** The connection is torn in the middle of the answer. */
  'cut-answer': all,
  /** 429 to the whole request: the queues are full. */
  rejected: all,
  /** 503 to the whole request: no master is elected. */
  'no-master': all,
  /** Half the documents of a bulk do not reach the server: 429 each. */
  'half-rejected': ['bulk'],
  /** Half of them find no primary: 503 each. */
  'half-unavailable': ['bulk'],
  /** From now on, for a while, every document is refused with 403: the index is read-only. */
  'read-only': ['bulk', 'checkpoint'],
  /** What was asked is done, and answered later than a client waits. */
  slow: all,
  /** Nothing is done, and nothing answered. */
  hung: all,
  /** The connection is torn; the request arrives later, when newer ones were done. */
  late: writes,
  /** What was asked is done and answered, and arrives once more later. */
  repeated: writes,
  /** From now on, for a while, connections are refused. */
  down: all,
} as const satisfies Readonly<Record<string, ReadonlyArray<Call>>>;

export type Fault = keyof typeof struckBy;
export const faults = Object.keys(struckBy) as ReadonlyArray<Fault>;

/** How long the server is down or read-only. */
const SPELL_MS = 150;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface Sleep {
  isAsleep: boolean;
  readonly begun: PromiseWithResolvers<void>;
  readonly over: PromiseWithResolvers<void>;
}

/** How often each fault was planned, and how often a request was struck by it. */
export class FaultCounts {
  readonly drawn = new Map<Fault, number>(faults.map((fault) => [fault, 0]));
  readonly struck = new Map<Fault, number>(faults.map((fault) => [fault, 0]));

  toString(): string {
    return faults.map((fault) => `${fault} ${this.drawn.get(fault)}/${this.struck.get(fault)}`).join(', ');
  }
}

/** Stands between one process and Elasticsearch, and fails as networks and clusters do. */
export class FaultProxy {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    void this.#handle(incoming, outgoing);
  });
  #planned: Fault[] = [];
  #late: Asked[] = [];
  #sleep: Sleep | undefined;
  #readOnly = false;
  /** Spells that are not over. */
  #spells: Array<Promise<void>> = [];
  #stopped = false;
  #port = 0;

  private constructor(
    private readonly target: URL,
    private readonly slowMs: number,
    private readonly counts: FaultCounts,
  ) {}

  /** `slowMs`: longer than the client waits for an answer. */
  static async start(server: string, slowMs: number, counts = new FaultCounts()): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(server), slowMs, counts);
    await proxy.#listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Strikes the next request that it can. */
  plan(fault: Fault): void {
    this.#planned.push(fault);
    count(this.counts.drawn, fault);
  }

  /** The process stands still from its next bulk on, with that one on its lips; resolves when it does. */
  async sleepAtNextBulk(): Promise<void> {
    this.#sleep = { isAsleep: false, begun: Promise.withResolvers(), over: Promise.withResolvers() };
    await this.#sleep.begun.promise;
  }

  /** It goes on, and sends what it still had. */
  wake(): void {
    this.#sleep?.begun.resolve();
    this.#sleep?.over.resolve();
    this.#sleep = undefined;
  }

  /** No fault strikes any more; spells are over when it resolves. */
  async calm(): Promise<void> {
    this.#planned = [];
    await Promise.all(this.#spells.splice(0));
  }

  /** What was kept back arrives now. */
  async deliverLate(): Promise<void> {
    await Promise.all(this.#late.splice(0).map((asked) => this.#forward(asked).catch(() => undefined)));
  }

  /** The process is gone: nothing of it arrives any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.calm();
    this.wake();
    await this.#refuse();
    this.#agent.destroy();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url: path, headers } = incoming;
    try {
      const asked: Asked = { method: method!, path: path!, headers, body: await buffer(incoming) };
      const call = callOf(asked);
      const sleep = this.#sleep;
      if (sleep !== undefined && call === 'bulk') sleep.isAsleep = true;
      if (sleep?.isAsleep === true) {
        sleep.begun.resolve();
        await sleep.over.promise;
      }
      const fault = this.#strike(call);
      if (fault === undefined) send(outgoing, await this.#asUsual(asked, call));
      else await this.#fail(fault, asked, call, outgoing);
    } catch {
      outgoing.destroy();
    }
  }

  #strike(call: Call): Fault | undefined {
    const at = this.#planned.findIndex((fault) => (struckBy[fault] as ReadonlyArray<Call>).includes(call));
    if (at < 0) return undefined;
    const [fault] = this.#planned.splice(at, 1);
    count(this.counts.struck, fault!);
    return fault;
  }

  async #fail(fault: Fault, asked: Asked, call: Call, outgoing: ServerResponse): Promise<void> {
    switch (fault) {
      case 'dropped-before':
        outgoing.destroy();
        return;
      case 'dropped-after':
        await this.#asUsual(asked, call);
        outgoing.destroy();
        return;
      case 'cut-answer': {
        const { status, headers, body } = await this.#asUsual(asked, call);
        outgoing.writeHead(status, { ...headers, 'content-length': body.length + 1 });
        outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy());
        return;
      }
      case 'rejected':
        send(outgoing, failure(429, 'es_rejected_execution_exception'));
        return;
      case 'no-master':
        send(outgoing, failure(503, 'master_not_discovered_exception'));
        return;
      case 'half-rejected':
        send(outgoing, await this.#half(asked, 429, 'es_rejected_execution_exception'));
        return;
      case 'half-unavailable':
        send(outgoing, await this.#half(asked, 503, 'unavailable_shards_exception'));
        return;
      case 'read-only':
        this.#readOnly = true;
        this.#spell(() => {
          this.#readOnly = false;
        });
        send(outgoing, await this.#asUsual(asked, call));
        return;
      case 'slow': {
        const answer = await this.#asUsual(asked, call);
        await delay(this.slowMs);
        send(outgoing, answer);
        return;
      }
      case 'hung':
        return;
      case 'late':
        this.#late.push(asked);
        outgoing.destroy();
        return;
      case 'repeated':
        this.#late.push(asked);
        send(outgoing, await this.#asUsual(asked, call));
        return;
      case 'down':
        await this.#refuse();
        this.#spell(() => this.#listen());
    }
  }

  /** As the cluster answers, unless it is read-only just now. */
  async #asUsual(asked: Asked, call: Call): Promise<Answer> {
    const refused = [403, 'cluster_block_exception'] as const;
    if (this.#readOnly && call === 'checkpoint') return failure(...refused);
    if (this.#readOnly && call === 'bulk')
      return bulkAnswer(operationsOf(asked.body).map((operation) => refusedItem(operation, ...refused)));
    return this.#forward(asked);
  }

  /** Every second operation, from the first on, is not passed on. */
  async #half(asked: Asked, status: number, type: string): Promise<Answer> {
    const operations = operationsOf(asked.body);
    const kept = operations.filter((_, i) => i % 2 === 1);
    const done = kept.length === 0 ? [] : itemsOf(await this.#forward({ ...asked, body: Buffer.from(kept.join('')) }));
    return bulkAnswer(
      operations.map((operation, i) => (i % 2 === 0 ? refusedItem(operation, status, type) : done[(i - 1) / 2]!)),
    );
  }

  async #forward({ method, path, headers, body }: Asked): Promise<Answer> {
    const { hostname, port } = this.target;
    const onward = request({
      agent: this.#agent,
      hostname,
      port,
      method,
      path,
      headers: { ...headers, 'content-length': body.length, connection: 'keep-alive' },
    });
    onward.end(body);
    const [response] = (await once(onward, 'response')) as [IncomingMessage];
    const { 'transfer-encoding': _, ...rest } = response.headers;
    return { status: response.statusCode!, headers: rest, body: await buffer(response) };
  }

  #spell(end: () => void | Promise<void>): void {
    this.#spells.push(delay(SPELL_MS).then(() => (this.#stopped ? undefined : end())));
  }

  async #listen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #refuse(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

const callOf = ({ method, path }: Asked): Call => {
  if (path.includes('/_bulk')) return 'bulk';
  if (path.includes('/_aliases')) return 'alias';
  return method !== 'GET' && path.includes('.checkpoint') ? 'checkpoint' : 'other';
};

const count = (counts: Map<Fault, number>, fault: Fault): void => {
  counts.set(fault, counts.get(fault)! + 1);
};

const answered = (status: number, body: unknown): Answer => ({
  status,
  headers: {
    'x-elastic-product': 'Elasticsearch',
    'content-type': 'application/vnd.elasticsearch+json;compatible-with=9',
  },
  body: Buffer.from(JSON.stringify(body)),
});

const failure = (status: number, type: string): Answer =>
  answered(status, { status, error: { type, reason: 'of the fault proxy', root_cause: [] } });

const bulkAnswer = (items: ReadonlyArray<estypes.BulkResponse['items'][number]>): Answer =>
  answered(200, { took: 1, errors: true, items });

const itemsOf = ({ body }: Answer): estypes.BulkResponse['items'] =>
  (JSON.parse(body.toString()) as estypes.BulkResponse).items;

const send = (outgoing: ServerResponse, { status, headers, body }: Answer): void => {
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { ...headers, 'content-length': body.length });
  outgoing.end(body);
};
