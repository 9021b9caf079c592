import { setTimeout as delay } from 'node:timers/promises';
import { mayPass, portError } from './failures.js';

/** Milliseconds: for how long a call is tried again, and the first and longest pause between two tries. */
export interface Patience {
  readonly totalMs: number;
  readonly pauseMs: readonly [number, number];
}

/** Doubled with each failure up to the longest; half of it is chance, so that many do not come back at once. */
export const pauseAfter = (failures: number, [first, longest]: Patience['pauseMs']): number => {
  const ms = Math.min(longest, first * 2 ** Math.min(failures - 1, 20));
  return ms / 2 + (Math.random() * ms) / 2;
};

/**
 * Tries again until it succeeds or patience ends, then throws what the port knows; what will not pass is thrown at once.
 * `onFailure` gets each failure and how many there were in a row.
 */
export const patiently = async <A>(
  what: string,
  attempt: () => Promise<A>,
  { totalMs, pauseMs }: Patience,
  signal: AbortSignal,
  onFailure: (error: unknown, failures: number) => void = () => undefined,
): Promise<A> => {
  const until = performance.now() + totalMs;
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      onFailure(error, failures);
      // The first retry comes at once: a call that found its channel closed succeeds on the next one.
      const pause = failures === 1 ? 0 : pauseAfter(failures - 1, pauseMs);
      if (signal.aborted || !mayPass(error) || performance.now() + pause > until) throw portError(error, what);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
};
