import type { TransferableStore } from '../event-store/store-transfer.js';
import type { TransferableVault } from '../keys/vault-transfer.js';
import type { Cursor } from '../state/cursor.js';

/** All that is moved, as it lies in one place that nobody else works on meanwhile. */
export interface Side {
  /** As messages name it. */
  readonly name: string;
  readonly store: TransferableStore;
  readonly vault: TransferableVault;
  cursors(): Promise<ReadonlyArray<Cursor>>;
  /** Begins with these cursors alone: what hung on positions (checkpoints, views) is gone, and is made anew. */
  beginWith(cursors: ReadonlyArray<Cursor>): Promise<void>;
  close(): Promise<void>;
}
