import type { Checkpoints } from '../../application/ports/checkpoints.js';
import type { EventStore } from '../../application/ports/event-store.js';
import type { KeyVault } from '../../application/ports/key-vault.js';
import type { Leases } from '../../application/ports/leases.js';
import type { PluginState } from '../../application/ports/plugin-state.js';
import type { OpenedViews } from './opened-views.js';

/** All that a process stores or reaches (docs/architecture.md), opened together and closed together. */
export interface Storage {
  readonly store: EventStore;
  readonly keys: KeyVault;
  readonly views: OpenedViews['views'];
  /** The queries over them. */
  readonly viewPorts: OpenedViews['ports'];
  readonly leases: Leases;
  readonly checkpoints: Checkpoints;
  readonly pluginState: PluginState;
  /** Throws unless this key, which signs tokens, is that of all processes. */
  checkTokenKey(fingerprint: string): Promise<void>;
  /** What was appended is on disk when this resolves. */
  close(): Promise<void>;
}
