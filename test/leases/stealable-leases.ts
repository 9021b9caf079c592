import { Leases, type Lease, type LeaseStatus } from '../../src/application/ports/leases.js';

interface Turn {
  readonly process: string;
  readonly begun: PromiseWithResolvers<void>;
  readonly lost: AbortController;
}

/** The leases of several processes of a test: what is taken from one that sleeps goes to the next at once. */
export class LeaseTable {
  /** Who owns each name, and after it who waits. */
  readonly #queues = new Map<string, Turn[]>();
  #epoch = 0;

  /** As one process sees them. */
  of(process: string): Leases {
    return new ProcessLeases(
      (name) => this.#queue(name, process),
      (name, turn) => this.#leave(name, turn),
      () => ++this.#epoch,
    );
  }

  /** Takes away what a process owns; the answer tells it so. */
  takeFrom(process: string): () => void {
    const taken: Turn[] = [];
    for (const [name, [owner]] of this.#queues) {
      if (owner?.process !== process) continue;
      taken.push(owner);
      this.#leave(name, owner);
    }
    return () => {
      for (const { lost } of taken) lost.abort();
    };
  }

  #queue(name: string, process: string): Turn {
    const turn: Turn = { process, begun: Promise.withResolvers(), lost: new AbortController() };
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, [...queue, turn]);
    if (queue.length === 0) turn.begun.resolve();
    return turn;
  }

  #leave(name: string, turn: Turn): void {
    const rest = this.#queues.get(name)!.filter((other) => other !== turn);
    this.#queues.set(name, rest);
    rest[0]?.begun.resolve();
  }
}

class ProcessLeases extends Leases {
  constructor(
    private readonly queue: (name: string) => Turn,
    private readonly leave: (name: string, turn: Turn) => void,
    private readonly nextEpoch: () => number,
  ) {
    super();
  }

  override async hold(name: string, signal: AbortSignal, work: (lease: Lease) => Promise<void>): Promise<void> {
    for (let lost = true; lost && !signal.aborted;) {
      const turn = this.queue(name);
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      try {
        await Promise.race([turn.begun.promise, aborted]);
        if (signal.aborted) return;
        const until = AbortSignal.any([signal, turn.lost.signal]);
        await work({ name, owner: turn.process, epoch: this.nextEpoch(), signal: until });
        lost = turn.lost.signal.aborted;
      } finally {
        this.leave(name, turn);
      }
    }
  }

  override status(): ReadonlyArray<LeaseStatus> {
    return [];
  }
}
