/** Port: what a plugin instance keeps between runs, such as a cursor; nothing personal. */
export abstract class PluginState {
  abstract get(instance: string, key: string): Promise<string | undefined>;
  /** Resolves when it is on disk. */
  abstract set(instance: string, key: string, value: string): Promise<void>;
}
