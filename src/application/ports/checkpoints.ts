import type { Position } from './event-store.js';

/** Port: up to where each reaction has done its work. Resolves when it is on disk. */
export abstract class Checkpoints {
  abstract get(reaction: string): Promise<Position | undefined>;
  abstract set(reaction: string, position: Position): Promise<void>;
}
