import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { framed } from './framing.js';

const { StreamIdentifier, UUID } = shared;
const { ReadResp } = streams;

/** The revision of a tombstone: on the wire the greatest there is. */
export const TOMBSTONE = Infinity;

const RECORD_BYTES = 91;

const int64 = (n: number): string => (n === TOMBSTONE ? '9223372036854775807' : String(n));

/** What a client asks to be stored. `id` is a UUID in lower case. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export const streamIdentifier = (stream: string): shared.StreamIdentifier =>
  new StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));

export const nameOf = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

/** An event of the log. `created` is in ticks of 100 ns since 1970; `position` is commit and prepare position at once. */
export class RecordedEvent implements ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  private serialised: Buffer | undefined;

  constructor(
    proposed: ProposedEvent,
    readonly stream: string,
    readonly revision: number,
    readonly position: number,
    readonly created: bigint,
  ) {
    ({
      id: this.id,
      type: this.type,
      contentType: this.contentType,
      data: this.data,
      metadata: this.metadata,
    } = proposed);
  }

  /** In bytes, about: what it takes in the log. */
  get size(): number {
    const { stream, type, data, metadata } = this;
    return RECORD_BYTES + Buffer.byteLength(stream) + Buffer.byteLength(type) + data.length + metadata.length;
  }

  /** As it goes to every reader: made once, at the first. */
  get frame(): Buffer {
    this.serialised ??= framed(this.message());
    return this.serialised;
  }

  private message(): streams.ReadResp {
    const event = new ReadResp.ReadEvent.RecordedEvent()
      .setId(new UUID().setString(this.id))
      .setStreamIdentifier(streamIdentifier(this.stream))
      .setStreamRevision(int64(this.revision))
      .setPreparePosition(int64(this.position))
      .setCommitPosition(int64(this.position))
      .setCustomMetadata(this.metadata)
      .setData(this.data);
    event
      .getMetadataMap()
      .set('content-type', this.contentType)
      .set('created', String(this.created))
      .set('type', this.type);
    return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(event).setCommitPosition(int64(this.position)));
  }
}
