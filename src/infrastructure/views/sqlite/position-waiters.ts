import type { Position } from '../../../application/ports/event-store.js';

interface Waiter {
  readonly position: Position;
  readonly settle: (reached: boolean) => void;
}

/** Those who wait until a view has reached a position. */
export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();

  /** `true` once the position is reached; `false` when the signal aborts first or the view gives up. */
  wait(position: Position, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (reached: boolean) => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', late);
        resolve(reached);
      };
      const late = () => settle(false);
      const waiter = { position, settle };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', late, { once: true });
      if (signal.aborted) late();
    });
  }

  reached(position: Position): void {
    for (const waiter of this.#waiters) if (waiter.position <= position) waiter.settle(true);
  }

  giveUp(): void {
    for (const waiter of this.#waiters) waiter.settle(false);
  }
}
