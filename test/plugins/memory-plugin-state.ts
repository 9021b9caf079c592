import { PluginState } from '../../src/application/ports/plugin-state.js';

export class MemoryPluginState extends PluginState {
  private readonly values = new Map<string, string>();

  override async get(instance: string, key: string): Promise<string | undefined> {
    return this.values.get(`${instance} ${key}`);
  }

  override async set(instance: string, key: string, value: string): Promise<void> {
    this.values.set(`${instance} ${key}`, value);
  }
}
