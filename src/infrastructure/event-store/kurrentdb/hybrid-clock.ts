import type { Clock } from '../../../application/ports/clock.js';
import type { Instant } from '../../../domain/kernel/time.js';

/**
 * The time of recording, where several processes write: our clock, but never before a moment that we have seen on any
 * event. Who appends to a stream has read its last event, so within a stream times never go back, whatever the clocks
 * of the machines do (a hybrid logical clock: Kulkarni et al. 2014).
 */
export class HybridClock {
  private latest = '' as Instant;

  constructor(private readonly clock: Clock) {}

  now(): Instant {
    this.seen(this.clock.now());
    return this.latest;
  }

  seen(recordedAt: Instant): void {
    if (recordedAt > this.latest) this.latest = recordedAt;
  }
}
