import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Actor } from '../../domain/kernel/actor.js';
import type { Instant } from '../../domain/kernel/time.js';

/** `<category>-<id>`: lower-case letters, digits and hyphens. */
export type StreamName = string & { readonly StreamName: unique symbol };

export const streamName = (category: string, id: string): StreamName => `${category}-${id}` as StreamName;
export const categoryOf = (stream: StreamName): string => stream.slice(0, stream.indexOf('-'));

/**
 * A place in the order of all events of one store: a string of fixed width whose byte order is event order and that
 * names its store, so that a position of another store is refused instead of misread. Opaque outside the adapter.
 */
export type Position = string & { readonly Position: unique symbol };

export type EventId = string & { readonly EventId: unique symbol };

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json };

/** What is stored beside an event's data, readable after erasure: nothing personal. */
export interface EventMetadata {
  readonly actor: Actor;
  /** The command that decided it, and a keyed digest of that command, by which a repeat is told from a misuse of its id. */
  readonly commandId: string;
  readonly commandDigest: string;
  /** The id of the event that caused the command, or the command's own id. */
  readonly causation: string;
  /** Shared by all that follows from one beginning. */
  readonly correlation: string;
  /** When it happened; `recordedAt` is when the store wrote it. */
  readonly occurredAt: Instant;
  /** The version of the event's data. */
  readonly schemaVersion: number;
  /** W3C Trace Context: of the span that stored it where traces are on, otherwise as the request carried it. */
  readonly traceparent?: string;
}

/** What a reader gets of an event's data. Only a stream with a key of its own can answer anything but `plain`. */
export type Content =
  | { readonly _tag: 'plain'; readonly data: Json }
  /** Not opened: reading all and subscriptions never open. */
  | { readonly _tag: 'sealed'; readonly box: SealedBox }
  /** Its key was destroyed. */
  | { readonly _tag: 'erased' }
  /** Its key lives, but not for this reader. */
  | { readonly _tag: 'withheld' };

/** AES-256-GCM over the JSON of an event's data. */
export interface SealedBox {
  readonly keyId: string;
  /** base64 of 12 bytes of nonce, the ciphertext, 16 bytes of tag. */
  readonly sealed: string;
}

export interface NewEvent {
  readonly id: EventId;
  readonly type: string;
  readonly content: Extract<Content, { _tag: 'plain' | 'sealed' }>;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent {
  readonly id: EventId;
  readonly stream: StreamName;
  /** From 0, without gaps. */
  readonly revision: number;
  readonly position: Position;
  readonly type: string;
  readonly content: Content;
  readonly metadata: EventMetadata;
  /**
   * By the clock of the process that stored it; never earlier than that of an event that this process had seen, so
   * also not than that of the event before in its stream.
   */
  readonly recordedAt: Instant;
}

/** The revision that the stream's last event must have: none, or an exact one. */
export type ExpectedRevision = 'none' | number;

export interface Appended {
  /** Of the last event appended. */
  readonly revision: number;
  readonly position: Position;
}

export type AppendError =
  /** Another event came first: load again and decide again. */
  | { readonly _tag: 'conflict'; readonly stream: StreamName; readonly expected: ExpectedRevision }
  /** The stream's key was destroyed: nothing can be added. */
  | { readonly _tag: 'erased'; readonly stream: StreamName }
  /** Refused before anything was tried: empty, an id twice, over 1 MiB of data, a bad name. */
  | { readonly _tag: 'refused'; readonly code: RefusalCode; readonly message: string };

export type RefusalCode =
  'empty_append' | 'repeated_event_id' | 'event_too_large' | 'append_too_large' | 'bad_stream_name' | 'bad_event';

/** Who reads a sealed stream, and for what; the KeyVault decides. The system folds streams without a person. */
export interface Reader {
  readonly actor: Actor;
  readonly purpose: string;
}

export interface ReadStreamOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** Exclusive: the first event read comes after (backwards: before) this revision. */
  readonly from?: number;
  readonly limit?: number;
  /** Only events recorded at this moment or before. */
  readonly asOf?: Instant;
  /** Whose eyes a sealed stream is opened for; without one a sealed stream stays sealed. */
  readonly reader?: Reader;
}

/** Both given: both must hold. */
export interface Filter {
  readonly streamPrefixes?: ReadonlyArray<string>;
  readonly types?: ReadonlyArray<string>;
}

export interface ReadAllOptions {
  /** Exclusive; absent: from the beginning. */
  readonly from?: Position;
  readonly filter?: Filter;
  readonly limit?: number;
}

export interface SubscribeOptions {
  readonly from?: Position;
  readonly filter?: Filter;
  /** Ends the subscription without an error. */
  readonly signal: AbortSignal;
}

/**
 * A subscription's batches, in order. `checkpoint` is the position up to which everything that matches was given, so
 * that a reader moves on past events that do not match; a batch may be empty. `live` says that it reached the head,
 * and is said at once to a subscriber that stands there already.
 */
export interface Batch {
  readonly events: ReadonlyArray<RecordedEvent>;
  readonly checkpoint: Position;
  readonly live: boolean;
}

/**
 * The store does not answer, or not in time. What an append came to is then unknown; the same events appended again
 * are stored once.
 */
export class StoreUnavailable extends Error {}

/** The store refuses this program: its address, its credentials, a certificate. Trying again changes nothing. */
export class StoreMisconfigured extends Error {}

/** A stream that was deleted or truncated behind our back: its events cannot be folded to what happened. */
export class TruncatedStream extends Error {
  constructor(readonly stream: StreamName) {
    super(`events of ${stream} are missing: the stream was deleted or truncated in the event store`);
  }
}

/** How the feed that serves all subscriptions stands. */
export interface FeedHealth {
  /** `broken`: it is being resumed, with growing pauses; nothing is lost meanwhile. */
  readonly state: 'live' | 'catching-up' | 'broken';
  /** Breaks so far that were resumed at once, being everyday, and those that were an outage. */
  readonly resumptions: number;
  readonly outages: number;
  /** What the last outage was, without any value. */
  readonly lastError?: string;
}

/** A position that this store never gave. `code`: `foreign_position` or `position_beyond_head`. */
export class BadPosition extends Error {
  constructor(
    readonly code: 'foreign_position' | 'position_beyond_head',
    message: string,
  ) {
    super(message);
  }
}

/** Port: events, appended to one stream at a time and read by stream or all in one order. An outage throws. */
export abstract class EventStore {
  /**
   * Resolves when the events are on disk. The same ids again at the same place are answered as the first time and
   * store nothing.
   */
  abstract append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyArray<NewEvent>,
  ): TaskEither<AppendError, Appended>;

  /** Nothing for a stream that does not exist. */
  abstract readStream(stream: StreamName, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;

  /** In position order up to the head as it was when reading began. Throws `BadPosition`. */
  abstract readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;

  /** Catches up, then stays live. Throws `BadPosition`. */
  abstract subscribe(options: SubscribeOptions): AsyncIterable<Batch>;

  /** The position of the last event, or that of the store's beginning. */
  abstract head(): Promise<Position>;

  abstract feed(): FeedHealth;
}
