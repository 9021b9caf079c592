import type { StreamName } from '../../application/ports/event-store.js';
import type { Erasure } from '../../application/ports/key-vault.js';

export interface ErasedStream {
  readonly stream: StreamName;
  readonly erasure: Erasure;
}

export interface WrappedKey {
  readonly stream: StreamName;
  readonly keyId: string;
  /** Under the master key, which both vaults share. */
  readonly wrapped: Uint8Array;
}

/** A key vault whose keys can be moved to another engine. */
export interface TransferableVault {
  erasures(): AsyncIterable<ErasedStream>;
  wrappedKeys(): AsyncIterable<WrappedKey>;

  /** Takes another vault's ledger over, before its keys; a key that stands here and was erased there is destroyed. */
  takeErasures(erased: ReadonlyArray<ErasedStream>): Promise<void>;

  /** Keeps a key that stands here already. Throws for a stream whose key was destroyed, or is another one. */
  takeKeys(keys: ReadonlyArray<WrappedKey>): Promise<void>;

  /** Removes every key, once another vault holds them; the ledger stays. */
  destroyKeys(): Promise<void>;
}

/** Another key, or an erasure, stands where a key was to be taken over. */
export class KeyConflict extends Error {
  constructor(stream: StreamName) {
    super(`the key of ${stream} cannot be taken over: another one, or an erasure, stands there`);
  }
}
