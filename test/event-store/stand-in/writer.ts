import type { Call } from './call.js';
import type { Faults } from './faults.js';
import type { Log, Outcome } from './log.js';
import type { Proposal } from './proposal.js';

/** What comes of a write: `timeout` when a repeat came while the first was still in flight. */
export type Written = Outcome | { readonly type: 'timeout' };

interface InFlight {
  readonly delayMs: number;
  readonly commit: () => void;
}

/** Writes to the log what both calls that append bring. */
export class Writer {
  private readonly inFlight = new Map<string, InFlight>();

  constructor(
    private readonly log: Log,
    private readonly faults: Faults,
  ) {}

  /** `answer` is not called when a fault keeps the answer from the client. */
  write(call: Call, { stream, expected, events }: Proposal, answer: (written: Written) => void): void {
    const key = `${events[0]?.id} ${stream}`;
    const first = this.inFlight.get(key);
    if (first !== undefined) {
      first.commit();
      setTimeout(() => answer({ type: 'timeout' }), first.delayMs);
      return;
    }
    const delayMs = this.faults.write(call);
    if (delayMs === undefined) {
      const outcome = this.log.append(stream, expected, events);
      if (outcome.type !== 'success' || !this.faults.committed('append', call)) answer(outcome);
      return;
    }
    const commit = () => {
      if (this.inFlight.delete(key)) this.log.append(stream, expected, events);
    };
    this.inFlight.set(key, { delayMs, commit });
    setTimeout(commit, delayMs);
    call.drop();
  }

  /** What is in flight will never be stored. */
  lose(): void {
    this.inFlight.clear();
  }
}
