import type { CallOptions, Channel, Client, ClientDuplexStream, ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { StoreMisconfigured } from '../../../application/ports/event-store.js';

type Call = ClientReadableStream<ReadResp> | ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

/**
 * What we use of the client: node discovery, channel, credentials, and its reconnecting after an error. Its own reads
 * cannot be filtered on the server, and its appends share a table of promises between all clients of a process, so
 * calls are made with the service definitions that it ships (docs/adr/0011).
 */
interface ClientInside {
  GRPCStreamCreator<C extends Client, T extends Call>(
    client: new (...args: never[]) => C,
    name: string,
    create: (client: C) => T,
  ): () => Promise<T>;
  callArguments(options: { requiresLeader: boolean }, call: CallOptions): [Metadata, CallOptions];
  getChannel(): Promise<Channel>;
  dispose(): Promise<void>;
}

const YEAR_MS = 365 * 86_400_000;
const RENEWED_AT_MOST_EVERY_MS = 1_000;

/** The one place that knows the client: a connection to one server or cluster, made anew when it is suspect. */
export class Connection {
  #client: ClientInside;
  #renewedAt = -Infinity;

  private constructor(private readonly url: string) {
    this.#client = clientOf(url);
  }

  /** `url`: `esdb://[user:password@]host:port[,host:port...][?tls=false&tlsCAFile=...]`. Throws `StoreMisconfigured`. */
  static to(url: string): Connection {
    refuseWhatMisleads(url);
    return new Connection(url);
  }

  read(request: ReadReq): Promise<ClientReadableStream<ReadResp>> {
    return this.#call('read', (client, args) => client.read(request, ...args));
  }

  batchAppend(): Promise<ClientDuplexStream<BatchAppendReq, BatchAppendResp>> {
    return this.#call('append', (client, args) => client.batchAppend(...args));
  }

  /** Lets go of the client, with whatever it suffers from, for a fresh one; what is under way fails, to be tried again. */
  renew(): void {
    // Many calls fail of one cause.
    if (performance.now() - this.#renewedAt < RENEWED_AT_MOST_EVERY_MS) return;
    this.#renewedAt = performance.now();
    const suspect = this.#client;
    this.#client = clientOf(this.url);
    void dispose(suspect);
  }

  async close(): Promise<void> {
    await dispose(this.#client);
  }

  async #call<T extends Call>(
    name: string,
    create: (client: StreamsClient, args: [Metadata, CallOptions]) => T,
  ): Promise<T> {
    const inside = this.#client;
    // Only the leader reads what it has just written. The deadlines are ours: see collect.ts and appender.ts.
    const args = () => inside.callArguments({ requiresLeader: true }, { deadline: new Date(Date.now() + YEAR_MS) });
    return inside.GRPCStreamCreator(StreamsClient, name, (client) => create(client, args()))();
  }
}

const clientOf = (url: string): ClientInside => {
  try {
    return EventStoreDBClient.connectionString(url) as unknown as ClientInside;
  } catch (error) {
    // The client's message repeats the string, password and all.
    const why = /certificate/i.test(String(error))
      ? 'its certificate file cannot be read'
      : 'it has not the right form';
    throw new StoreMisconfigured(`EVENTSTORE_URL cannot be used (esdb://host:port?tls=...): ${why}`);
  }
};

/** What the client passes over in silence, and an administrator would believe to be in force. */
const refuseWhatMisleads = (url: string): void => {
  if (/[?&]tlsVerifyCert=false/i.test(url))
    throw new StoreMisconfigured('EVENTSTORE_URL: tlsVerifyCert=false has no effect; name the CA in tlsCAFile');
  if (/[?&]tls=false/i.test(url) && /:\/\/[^/?]*@/.test(url))
    throw new StoreMisconfigured('EVENTSTORE_URL: with tls=false the credentials would not be sent');
};

const dispose = async (client: ClientInside): Promise<void> => {
  // It cancels its calls at once, and would then wait for the last of them to say so.
  void client.dispose().catch(() => undefined);
  await client.getChannel().then(
    (channel) => channel.close(),
    () => undefined,
  );
};
