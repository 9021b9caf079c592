import { randomUUID } from 'node:crypto';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { ExpectedRevision, StreamName } from '../../../application/ports/event-store.js';
import { Silence } from './failures.js';
import { uuidOf } from './wire-event.js';

type Call = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

/** A message to the server stays below what it takes at once. */
const CHUNK_BYTES = 2 * 1_048_576;

interface Waiting {
  readonly resolve: (answer: BatchAppendResp) => void;
  readonly reject: (error: unknown) => void;
}

/** One call to the server, and the appends on it that have no answer yet, by correlation id. */
interface OpenCall {
  readonly call: Call;
  readonly waiting: Map<string, Waiting>;
  /** When the server last said anything on it. */
  heardAt: number;
  /** Resolves when the call takes more. */
  drained: Promise<void> | undefined;
}

/** Sends appends over one long call, many at a time; each has its own answer and its own deadline. */
export class Appender {
  #open: Promise<OpenCall> | undefined;
  /** What `#open` came to. */
  #current: OpenCall | undefined;

  constructor(
    private readonly openCall: () => Promise<Call>,
    private readonly deadlineMs: number,
  ) {}

  /** The server's answer. Rejects when there is none in time or the call broke: what it came to is then unknown. */
  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyArray<BatchAppendReq.ProposedMessage>,
  ): Promise<BatchAppendResp> {
    const began = performance.now();
    const correlation = randomUUID();
    const answer = Promise.withResolvers<BatchAppendResp>();
    let open: OpenCall | undefined;
    const timer = setTimeout(() => {
      answer.reject(new Silence('an append', this.deadlineMs));
      // Nothing at all since this append was sent: the call is dead, whatever the transport believes.
      if (open !== undefined && open.heardAt < began) this.#drop(open, new Silence('any append', this.deadlineMs));
    }, this.deadlineMs);
    try {
      this.#opened()
        .then((opened) => {
          open = opened;
          opened.waiting.set(correlation, answer);
          return this.#send(opened, requests(correlation, stream, expected, events, this.deadlineMs));
        })
        .catch(answer.reject);
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      open?.waiting.delete(correlation);
    }
  }

  /** Ends the call; what has no answer fails. */
  async close(): Promise<void> {
    const open = await this.#open?.catch(() => undefined);
    if (open !== undefined) this.#drop(open, new Error('the event store is closed'));
  }

  #opened(): Promise<OpenCall> {
    this.#open ??= this.#begin().catch((error: unknown) => {
      this.#open = undefined;
      throw error;
    });
    return this.#open;
  }

  async #begin(): Promise<OpenCall> {
    const call = await this.openCall();
    const open: OpenCall = { call, waiting: new Map(), heardAt: 0, drained: undefined };
    this.#current = open;
    const ended = (error: unknown) => this.#drop(open, error);
    call.on('data', (answer: BatchAppendResp) => {
      open.heardAt = performance.now();
      // An answer after its deadline finds nobody: the retry gets one of its own.
      open.waiting.get(uuidOf(answer.getCorrelationId()!))?.resolve(answer);
    });
    call.on('error', ended);
    call.on('end', () => ended(new Error('the server ended the call')));
    return open;
  }

  async #send(open: OpenCall, messages: Iterable<BatchAppendReq>): Promise<void> {
    for (const message of messages) {
      while (open.drained !== undefined) await open.drained;
      if (open.call.write(message)) continue;
      open.drained = new Promise((resolve) => {
        const events = ['drain', 'close', 'error'] as const;
        const resume = () => {
          for (const event of events) open.call.off(event, resume);
          open.drained = undefined;
          resolve();
        };
        for (const event of events) open.call.on(event, resume);
      });
    }
  }

  #drop(open: OpenCall, error: unknown): void {
    if (this.#current === open) {
      this.#open = undefined;
      this.#current = undefined;
    }
    open.call.cancel();
    for (const { reject } of open.waiting.values()) reject(error);
    open.waiting.clear();
  }
}

/** An append as the messages that carry it. */
function* requests(
  correlation: string,
  stream: StreamName,
  expected: ExpectedRevision,
  events: ReadonlyArray<BatchAppendReq.ProposedMessage>,
  deadlineMs: number,
): Generator<BatchAppendReq> {
  const request = () =>
    new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(correlation)).setIsFinal(false);
  const options = new streams.BatchAppendReq.Options()
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream)))
    .setDeadline(timestamp.Timestamp.fromDate(new Date(Date.now() + deadlineMs)));
  if (expected === 'none') options.setNoStream(new empty.Empty());
  else options.setStreamPosition(`${expected}`);
  let chunk = request().setOptions(options);
  let bytes = 0;
  for (const event of events) {
    const size = event.getData_asU8().length + event.getCustomMetadata_asU8().length;
    if (bytes > 0 && bytes + size > CHUNK_BYTES) {
      yield chunk;
      chunk = request();
      bytes = 0;
    }
    bytes += size;
    chunk.addProposedMessages(event);
  }
  yield chunk.setIsFinal(true);
}
