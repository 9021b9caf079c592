import { Checkpoints } from '../../application/ports/checkpoints.js';
import type { Position } from '../../application/ports/event-store.js';
import type { PluginState } from '../../application/ports/plugin-state.js';

/** The reactions' checkpoints, kept where plugins keep their cursors: both are small facts of a process's own progress. */
export class StoredCheckpoints extends Checkpoints {
  constructor(private readonly state: PluginState) {
    super();
  }

  override async get(reaction: string): Promise<Position | undefined> {
    return (await this.state.get('reactions', reaction)) as Position | undefined;
  }

  override set(reaction: string, position: Position): Promise<void> {
    return this.state.set('reactions', reaction, position);
  }
}
