import type { Log } from './log.js';
import type { RecordedEvent } from './recorded-event.js';

// The real server publishes and delivers at once; here, both take turns, and a turn must leave room to deliver.
const EVENTS_A_TURN = 16;

/** Tells live subscribers what was committed, in the order of the log. */
export class Publisher {
  private readonly listeners = new Set<(event: RecordedEvent) => void>();
  private next: number;
  private isScheduled = false;

  constructor(private readonly log: Log) {
    this.next = log.all.length;
    log.onCommit(() => this.schedule());
  }

  /** A new listener may still be told of events that are in the log already. Gives what ends it. */
  listen(listener: (event: RecordedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private schedule(): void {
    if (this.isScheduled || this.next === this.log.all.length) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      for (const event of this.log.all.slice(this.next, this.next + EVENTS_A_TURN)) {
        this.next += 1;
        for (const listener of this.listeners) listener(event);
      }
      this.schedule();
    });
  }
}
