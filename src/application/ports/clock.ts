import type { Instant } from '../../domain/kernel/time.js';

/** Port: what time it is. Tests set it. */
export abstract class Clock {
  abstract now(): Instant;
}
