import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Call } from './call.js';
import { filterOf, unfiltered, type Filter } from './filter.js';
import { framed } from './framing.js';
import type { Log } from './log.js';
import type { Publisher } from './publisher.js';
import { nameOf, TOMBSTONE, type RecordedEvent } from './recorded-event.js';
import { consumerTooSlow, handlerThrew, streamDeleted } from './statuses.js';
import { AllSource, StreamSource, type Source } from './subscription-source.js';

const { ReadResp } = streams;
type Options = streams.ReadReq.Options;

const LIVE_BUFFER = 32;

const caughtUp = framed(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
const fellBehind = framed(new ReadResp().setFellBehind(new ReadResp.FellBehind()));

const confirmation = (id: string) =>
  framed(new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(id)));

const checkpoint = (position: number) =>
  framed(
    new ReadResp().setCheckpoint(
      new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
    ),
  );

export interface SubscriptionRules {
  /** Servers from 24.2 on catch up by themselves and say so; older ones end the call. */
  readonly fallsBehind: boolean;
  /** Shall this live event find the buffer full, whether it is or not? */
  overflows(call: Call): boolean;
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
  if (source === undefined) call.end(handlerThrew);
  else void new Subscription(call, source, filter, publisher, rules).run();
};

const allSource = (log: Log, asked: streams.ReadReq.Options.AllOptions): AllSource | undefined => {
  if (asked.hasEnd()) return new AllSource(log, log.head);
  const after = Number(asked.getPosition()?.getCommitPosition() ?? 0);
  return log.isBoundary(after) ? new AllSource(log, after) : undefined;
};

const streamSource = (log: Log, asked: streams.ReadReq.Options.StreamOptions): StreamSource => {
  const name = nameOf(asked.getStreamIdentifier());
  if (asked.hasEnd()) return new StreamSource(log, name, 'live');
  return new StreamSource(log, name, asked.hasRevision() ? Number(asked.getRevision()) : -1);
};

/** The past, then what is committed: each event once and in order. */
class Subscription {
  /** Events considered since the last checkpoint. */
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

  async run(): Promise<void> {
    if (this.source.deleted !== undefined) return this.call.end(streamDeleted(this.source.deleted));
    this.call.send(confirmation(randomUUID()));
    return this.catchUp();
  }

  private async catchUp(): Promise<void> {
    if (this.source.isMissing) return this.waitForTheFirst();
    for (const frame of this.past()) {
      if (!this.call.send(frame)) await this.call.drained();
      if (!this.call.isOpen) return;
    }
    if (this.source.deleted !== undefined) return this.call.end(streamDeleted(this.source.deleted));
    this.call.send(caughtUp);
    this.leave = this.publisher.listen((event) => this.live(event));
  }

  /**
   * The server looks through the past in windows. A checkpoint follows a window that is full and not the last, and names
   * its last match; without one, where the window began, which at the very beginning is 0.
   */
  private *past(): Generator<Buffer> {
    let looked = 0;
    let reached = 0;
    for (let event = this.source.next(); event !== undefined; event = this.source.next()) {
      if (looked === this.filter.window) {
        if (this.considered >= this.filter.checkpointEvery) {
          this.considered %= this.filter.checkpointEvery;
          yield checkpoint(reached);
        }
        looked = 0;
        reached = event.position;
      }
      looked += 1;
      this.considered += 1;
      if (!this.filter.matches(event)) continue;
      reached = event.position;
      yield event.frame;
    }
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
    const frames = this.framesFor(event);
    const isFull = this.buffer.length >= LIVE_BUFFER;
    if (frames.length > 0 && (isFull || this.rules.overflows(this.call))) return this.overflow();
    this.source.took(event);
    for (const frame of frames) {
      if (this.buffer.length === 0 && !this.call.isBlocked) this.call.send(frame);
      else this.buffer.push(frame);
    }
    if (event.revision === TOMBSTONE && this.source.deleted !== undefined) {
      this.leave();
      void this.deliver().then(() => this.call.end(streamDeleted(event.stream)));
    } else if (this.buffer.length > 0) void this.deliver();
  }

  private framesFor(event: RecordedEvent): Buffer[] {
    const frames = this.filter.matches(event) ? [event.frame] : [];
    this.considered += 1;
    if (this.considered >= this.filter.checkpointEvery) {
      this.considered = 0;
      frames.push(checkpoint(event.position));
    }
    return frames;
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
}
