import type { Call } from './call.js';
import type { Faults } from './faults.js';
import type { Log, Outcome } from './log.js';
import type { Proposal } from './proposal.js';

/** What comes of a write: `timeout` when a repeat came while the first was still in flight. */
export type Written = Outcome | { readonly type: 'timeout' };

/** Writes to the log what both calls that append bring. */
export class Writer {
  /** How long each append is in flight, by its first id and stream. */
  private readonly inFlight = new Map<string, number>();

  constructor(
    private readonly log: Log,
    private readonly faults: Faults,
  ) {}

  /** `answer` is not called when a fault keeps the answer from the client. */
  write(call: Call, { stream, expected, events }: Proposal, answer: (written: Written) => void): void {
    const key = `${events[0]?.id} ${stream}`;
    const firstMs = this.inFlight.get(key);
    if (firstMs !== undefined) {
      setTimeout(() => answer({ type: 'timeout' }), firstMs);
      return;
    }
    const delayMs = this.faults.write(call);
    if (delayMs === undefined) {
      const outcome = this.log.append(stream, expected, events);
      if (outcome.type !== 'success' || !this.faults.committed('append', call)) answer(outcome);
      return;
    }
    this.inFlight.set(key, delayMs);
    setTimeout(() => {
      if (this.inFlight.delete(key)) this.log.append(stream, expected, events);
    }, delayMs);
    call.drop();
  }

  /** What is in flight will never be stored. */
  lose(): void {
    this.inFlight.clear();
  }
}
