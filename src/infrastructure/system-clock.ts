import { instant, type Instant } from '../domain/kernel/time.js';
import { Clock } from '../application/ports/clock.js';

/** The machine's clock; it can be set to a moment and let go again, for tests and for the sample city's history. */
export class SystemClock extends Clock {
  private held: Instant | undefined;

  override now(): Instant {
    return this.held ?? instant(Date.now());
  }

  /** From here on it is this moment. */
  hold(at: Instant): void {
    this.held = at;
  }

  /** From here on it is the machine's time again. */
  release(): void {
    this.held = undefined;
  }
}
