import type { Log } from './log.js';
import type { RecordedEvent } from './recorded-event.js';

// The real server publishes and delivers at the same time. Here they take turns, and so do clients in this process: a
// subscriber that keeps up must not find its buffer full because of one large commit.
const BYTES_A_TURN = 8 * 1024;

/** Tells live subscribers what was committed, in the order of the log. */
export class Publisher {
  private readonly listeners = new Set<(event: RecordedEvent) => void>();
  private next: number;
  private isScheduled = false;

  constructor(private readonly log: Log) {
    this.next = log.all.length;
    log.onCommit(() => this.schedule());
  }

  /** A new listener may be told of events that were in the log already. Gives what ends it. */
  listen(listener: (event: RecordedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.publish();
      if (this.next < this.log.all.length) this.schedule();
    });
  }

  private publish(): void {
    if (this.listeners.size === 0) this.next = this.log.all.length;
    for (let bytes = 0; bytes < BYTES_A_TURN && this.next < this.log.all.length; this.next += 1) {
      const event = this.log.all[this.next]!;
      bytes += event.size;
      for (const listener of this.listeners) listener(event);
    }
  }
}
