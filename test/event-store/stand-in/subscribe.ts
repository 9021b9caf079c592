import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Call } from './call.js';
import { filterOf, type Filter } from './filter.js';
import type { Log } from './log.js';
import type { Publisher } from './publisher.js';
import { frameOf, nameOf } from './read.js';
import { TOMBSTONE, type RecordedEvent } from './recorded-event.js';
import { consumerTooSlow, handlerThrew, streamDeleted } from './statuses.js';
import { AllSource, StreamSource, unfiltered, type Source } from './subscription-source.js';

const { ReadResp } = streams;
type Options = streams.ReadReq.Options;

const LIVE_BUFFER = 32;

const caughtUp = frameOf(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
const fellBehind = frameOf(new ReadResp().setFellBehind(new ReadResp.FellBehind()));

const confirmation = (id: string) =>
  frameOf(new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(id)));

const checkpoint = (position: number) =>
  frameOf(
    new ReadResp().setCheckpoint(
      new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
    ),
  );

export interface SubscriptionRules {
  /** Servers from 24.2 on catch up by themselves and say so; older ones end the call. */
  readonly fallsBehind: boolean;
  /** Is this live event to find the buffer full, whether it is or not? */
  overflows(call: Call): boolean;
}

/** One subscription: the past, then what is committed, each event once and in order. */
export class Subscription {
  private considered = 0;
  private readonly buffer: Buffer[] = [];
  private delivery: Promise<void> | undefined;
  private leave = () => {};

  constructor(
    private readonly call: Call,
    private readonly source: Source,
    private readonly filter: Filter,
    private readonly publisher: Publisher,
    private readonly rules: SubscriptionRules,
  ) {
    call.onClose(() => this.leave());
  }

  /** `opening`: what is said before all else. */
  async run(opening: ReadonlyArray<Buffer>): Promise<void> {
    if (this.source.deleted !== undefined) return this.call.end(streamDeleted(this.source.deleted));
    for (const frame of [confirmation(randomUUID()), ...opening]) this.call.send(frame);
    return this.catchUp();
  }

  private async catchUp(): Promise<void> {
    if (this.source.isMissing) return this.waitForTheFirst();
    for (let event = this.source.next(); event !== undefined; event = this.source.next()) {
      for (const frame of this.framesFor(event)) if (!this.call.send(frame)) await this.call.drained();
      if (!this.call.isOpen) return;
    }
    if (this.source.deleted !== undefined) return this.call.end(streamDeleted(this.source.deleted));
    this.call.send(caughtUp);
    this.leave = this.publisher.listen((event) => this.live(event));
  }

  private waitForTheFirst(): void {
    this.leave = this.publisher.listen((event) => {
      if (!this.source.concerns(event)) return;
      this.leave();
      void this.catchUp();
    });
  }

  private live(event: RecordedEvent): void {
    if (!this.source.concerns(event)) return;
    const isFull = this.buffer.length >= LIVE_BUFFER;
    if (this.filter.matches(event) && (isFull || this.rules.overflows(this.call))) return this.overflow();
    this.source.took(event);
    for (const frame of this.framesFor(event)) {
      if (this.buffer.length === 0 && !this.call.isBlocked) this.call.send(frame);
      else this.buffer.push(frame);
    }
    if (event.revision === TOMBSTONE && this.source.deleted !== undefined) {
      this.leave();
      void this.deliver().then(() => this.call.end(streamDeleted(event.stream)));
    } else if (this.buffer.length > 0) void this.deliver();
  }

  private overflow(): void {
    this.leave();
    void this.deliver().then(() => {
      if (!this.rules.fallsBehind) return this.call.end(consumerTooSlow);
      this.call.send(fellBehind);
      return this.catchUp();
    });
  }

  /** Resolves when the buffer is empty. */
  private async deliver(): Promise<void> {
    this.delivery ??= this.deliverBuffer();
    await this.delivery;
    this.delivery = undefined;
  }

  private async deliverBuffer(): Promise<void> {
    for (let frame = this.buffer[0]; frame !== undefined && this.call.isOpen; frame = this.buffer[0]) {
      await this.call.drained();
      this.call.send(frame);
      this.buffer.shift();
    }
  }

  private framesFor(event: RecordedEvent): Buffer[] {
    const frames = this.filter.matches(event) ? [event.frame] : [];
    this.considered += 1;
    if (this.considered % this.filter.checkpointEvery === 0) frames.push(checkpoint(event.position));
    return frames;
  }
}

/** Answers a read that goes on for ever. */
export const subscribe = (
  log: Log,
  publisher: Publisher,
  call: Call,
  options: Options,
  rules: SubscriptionRules,
): void => {
  const filter = options.hasFilter() ? filterOf(options.getFilter()!) : unfiltered;
  const source = options.hasAll() ? allSource(log, options.getAll()!) : streamSource(log, options.getStream()!);
  if (source === undefined) return call.end(handlerThrew);
  // A real server may begin with a checkpoint that is no progress at all.
  const isFilteredFromStart = options.hasFilter() && options.getAll()?.hasStart() === true;
  void new Subscription(call, source, filter, publisher, rules).run(isFilteredFromStart ? [checkpoint(0)] : []);
};

const allSource = (log: Log, asked: streams.ReadReq.Options.AllOptions): AllSource | undefined => {
  if (asked.hasEnd()) return new AllSource(log, log.head);
  const after = Number(asked.getPosition()?.getCommitPosition() ?? 0);
  return log.isBoundary(after) ? new AllSource(log, after) : undefined;
};

const streamSource = (log: Log, asked: streams.ReadReq.Options.StreamOptions): StreamSource => {
  const name = nameOf(asked.getStreamIdentifier());
  const end = log.stream(name)?.last ?? -1;
  return new StreamSource(log, name, asked.hasEnd() ? end : asked.hasRevision() ? Number(asked.getRevision()) : -1);
};
