import type { Actor } from '../../domain/kernel/actor.js';
import type { Instant } from '../../domain/kernel/time.js';
import type { Reader, StreamName } from './event-store.js';

/**
 * Why and by whom a key was destroyed; kept beside the keys and never undone. Copies of the wrapped key may be left in
 * backups and logs, so it counts as revoked until the master key that opens it has been turned over.
 */
export interface Erasure {
  readonly by: Actor;
  readonly at: Instant;
  readonly reason: string;
}

export type KeyLookup =
  | { readonly _tag: 'resolved'; readonly keyId: string; readonly key: Uint8Array }
  | { readonly _tag: 'erased'; readonly erasure: Erasure }
  /** The key exists, but this actor may not use it for this purpose. */
  | { readonly _tag: 'withheld' };

/** A stream that was never given a key; not the same as an erased one. */
export class UnknownKey extends Error {}

/** The keys cannot be reached. */
export class KeysUnavailable extends Error {}

/**
 * Port: one data key of 32 bytes for each personal stream, wrapped by a master key. An outage throws: it must never
 * look like an erasure, or views would keep the gap.
 */
export abstract class KeyVault {
  /** The stream's key, made now if it has none. After an erasure: `erased`, never a fresh key. */
  abstract mint(stream: StreamName): Promise<Exclude<KeyLookup, { _tag: 'withheld' }>>;

  /** The stream's key for this reader. Throws `UnknownKey`. */
  abstract find(stream: StreamName, reader: Reader): Promise<KeyLookup>;

  /** Destroys the key; resolves when the erasure is on disk. Again, or without a key: the erasure that stands. */
  abstract erase(stream: StreamName, erasure: Erasure): Promise<Erasure>;

  /** Resolves when the keys can be reached. */
  abstract ping(): Promise<void>;

  /** A keyed digest (hex, 32 bytes) that cannot be guessed back without the master key. */
  abstract digest(content: string): Promise<string>;
}
