import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** Resolves after the time, or at once when aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);

/** How long to wait after so many failures in a row: twice as long each time, up to half a minute, half of it chance. */
export const backOffMs = (failures: number): number => {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
  return longest / 2 + (Math.random() * longest) / 2;
};
