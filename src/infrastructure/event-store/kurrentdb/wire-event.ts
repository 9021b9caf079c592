import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type BatchAppendReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  StoreMisconfigured,
  type Content,
  type EventMetadata,
  type RecordedEvent,
  type StreamName,
} from '../../../application/ports/event-store.js';
import type { Instant } from '../../../domain/kernel/time.js';
import type { SerialisedEvent } from '../append-rules.js';
import type { Positions } from './position.js';

type WireEvent = ReadResp.ReadEvent.RecordedEvent;

const JSON_TYPE = 'application/json';
const SEALED_TYPE = 'application/octet-stream';

/**
 * What stands in the server's custom metadata, as JSON: ours, with what the server's own columns lack. The server's
 * `created` is its own clock's, and a copy of the store would change it.
 */
interface StoredMetadata {
  readonly recordedAt: Instant;
  /** Of sealed data, which is the box's text. */
  readonly keyId?: string;
  readonly metadata: EventMetadata;
}

/** An event that this program did not write, in a store that must be its own. */
class ForeignEvent extends StoreMisconfigured {
  constructor(stream: string, revision: string) {
    super(`event ${revision} of ${stream} was not written by Madoguchi: its event store must be its own`);
  }
}

/** An event as it is proposed to the server; each call makes the same bytes. */
export const proposed = (
  { event: { id, type, content }, data, metadata }: SerialisedEvent,
  recordedAt: Instant,
): BatchAppendReq.ProposedMessage => {
  const message = new streams.BatchAppendReq.ProposedMessage();
  message.setId(new shared.UUID().setString(id));
  const properties = message.getMetadataMap();
  properties.set('type', type);
  properties.set('content-type', content._tag === 'plain' ? JSON_TYPE : SEALED_TYPE);
  const keyId = content._tag === 'sealed' ? `"keyId":${JSON.stringify(content.box.keyId)},` : '';
  message.setCustomMetadata(Buffer.from(`{"recordedAt":"${recordedAt}",${keyId}"metadata":${metadata}}`));
  message.setData(Buffer.from(data));
  return message;
};

/** An event as it was recorded. Throws `StoreMisconfigured` for one that we did not write. */
export const recorded = (wire: WireEvent, positions: Positions): RecordedEvent => {
  const properties = wire.getMetadataMap();
  const stream = streamOf(wire);
  const { recordedAt, keyId, metadata } = storedMetadata(wire, stream);
  const data = textOf(wire.getData_asU8());
  const content: Content =
    properties.get('content-type') === JSON_TYPE
      ? { _tag: 'plain', data: JSON.parse(data) }
      : { _tag: 'sealed', box: { keyId: keyId!, sealed: data } };
  return {
    id: uuidOf(wire.getId()!) as RecordedEvent['id'],
    stream,
    revision: Number(wire.getStreamRevision()),
    position: positions.of({ commit: wire.getCommitPosition(), prepare: wire.getPreparePosition() }),
    type: properties.get('type')!,
    content,
    metadata,
    recordedAt,
  };
};

export const streamOf = (wire: WireEvent): StreamName =>
  textOf(wire.getStreamIdentifier()!.getStreamName_asU8()) as StreamName;

/** A UUID in lower case; servers may send it as text or as two numbers. */
export const uuidOf = (uuid: UUID): string => {
  const structured = uuid.getStructured();
  if (structured === undefined) return uuid.getString();
  const half = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

const storedMetadata = (wire: WireEvent, stream: StreamName): StoredMetadata => {
  try {
    const stored = JSON.parse(textOf(wire.getCustomMetadata_asU8())) as Partial<StoredMetadata> | null;
    if (stored?.recordedAt !== undefined && stored.metadata !== undefined) return stored as StoredMetadata;
  } catch {
    // Not even JSON.
  }
  throw new ForeignEvent(stream, wire.getStreamRevision());
};

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
