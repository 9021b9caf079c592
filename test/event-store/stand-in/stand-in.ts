import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsRpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { append } from './append.js';
import { batchAppend } from './batch-append.js';
import type { Call } from './call.js';
import { deleteStream } from './delete.js';
import { Faults, type Fault, type FaultName } from './faults.js';
import { supportedMethods } from './features.js';
import { clusterInfo } from './gossip.js';
import { GrpcServer } from './grpc-server.js';
import { Log } from './log.js';
import { Publisher } from './publisher.js';
import { readAll, readStream } from './read.js';
import { subscribe } from './subscribe.js';
import { Writer } from './writer.js';

const { StreamsService } = streamsRpc;

export interface StandInOptions {
  /** On loopback; a free one unless named. */
  readonly port?: number;
  /** Of the server that it stands in for. From 24.2 on subscribers that are too slow fall behind instead of being ended. */
  readonly version?: string;
}

/**
 * Stands in for an EventStoreDB in tests: in memory, without TLS or users, and able to fail as the real one does. It is
 * never the real thing; what only the real thing shows, the contract suite shows on a real server.
 */
export class StandIn {
  /** What is stored; it survives `kill`, `stop` and `restart`. */
  readonly log = new Log();
  private readonly faults: Faults;
  private readonly writer: Writer;
  private readonly server: GrpcServer;
  private port: number;

  private constructor({ port = 0, version = '23.10.8' }: StandInOptions) {
    this.port = port;
    this.faults = new Faults({
      kill: () => this.kill(),
      freeze: () => this.freeze(),
      whenThawed: (act) => this.server.whenThawed(act),
    });
    this.writer = new Writer(this.log, this.faults);
    const publisher = new Publisher(this.log);
    const rules = { fallsBehind: fallsBehind(version), overflows: (call: Call) => this.faults.live(call) };
    this.server = new GrpcServer({
      [StreamsService.batchAppend.path]: batchAppend(this.writer, this.faults),
      [StreamsService.append.path]: append(this.writer, this.faults),
      [StreamsService.delete.path]: deleteStream(this.log, this.faults, 'delete'),
      [StreamsService.tombstone.path]: deleteStream(this.log, this.faults, 'tombstone'),
      [StreamsService.read.path]: (call) =>
        call.receive(streams.ReadReq.deserializeBinary, (request) => {
          const options = request.getOptions()!;
          if (options.hasSubscription())
            return this.faults.before('subscribe', call, () => subscribe(this.log, publisher, call, options, rules));
          return this.faults.before('read', call, () => {
            void (options.hasAll() ? readAll(this.log, call, options) : readStream(this.log, call, options));
          });
        }),
      [serverFeatures.ServerFeaturesService.getSupportedMethods.path]: supportedMethods(version, this.faults),
      [gossip.GossipService.read.path]: clusterInfo(() => this.port, this.faults),
    });
  }

  /** Resolves when it listens. */
  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const standIn = new StandIn(options);
    await standIn.restart();
    return standIn;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Calls that are open now. */
  get openCalls(): number {
    return this.server.openCalls;
  }

  /** How often each fault has struck. */
  get counts(): Readonly<Record<FaultName, number>> {
    return this.faults.counts;
  }

  /** Puts one fault in wait for the next call that it can strike. Resolves when it does. */
  plan(fault: Fault): Promise<void> {
    return this.faults.plan(fault);
  }

  /** Forgets the faults that are still in wait. */
  forget(): void {
    this.faults.clear();
  }

  /** Takes nothing and answers nothing, as a process after SIGSTOP. */
  freeze(): void {
    this.server.freeze();
  }

  thaw(): void {
    this.server.thaw();
  }

  /** Tears all connections at once, as `kill -9`; what is stored stays. Resolves when nothing listens. */
  kill(): Promise<void> {
    this.writer.lose();
    return this.server.kill();
  }

  /** Stops in order: open calls end without a status. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Listens again on the same port, with the same log. */
  async restart(): Promise<void> {
    this.port = await this.server.listen(this.port);
  }
}

const fallsBehind = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 2);
};
