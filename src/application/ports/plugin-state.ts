import type { Lease } from './leases.js';

/** Port: what a plugin instance keeps between runs, such as a cursor; nothing personal. */
export abstract class PluginState {
  abstract get(instance: string, key: string): Promise<string | undefined>;

  /** Resolves when it is on disk. Throws `LeaseLost` when the lease has another owner by now. */
  abstract set(instance: string, key: string, value: string, lease: Lease): Promise<void>;
}
