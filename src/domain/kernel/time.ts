import { pattern, scalar } from './codec.js';
import { invalid, when, type DomainError } from './errors.js';

/** A moment: UTC, ISO 8601 with milliseconds and `Z`, so that text order is time order. */
export type Instant = string & { readonly Instant: unique symbol };

const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const Instant = scalar<Instant>(
  'a moment such as 2026-04-01T00:30:00.000Z (UTC, milliseconds)',
  { type: 'string', format: 'date-time', pattern: shape.source, examples: ['2026-04-01T00:30:00.000Z'] },
  (u) => typeof u === 'string' && shape.test(u) && isRealMoment(u),
);

// Date.parse takes 31 February for 3 March: only a moment that prints as itself is one.
const isRealMoment = (s: string) => {
  const ms = Date.parse(s);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === s;
};

export const instant = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;
export const epochMs = (at: Instant): number => Date.parse(at);

/** A span of whole days, months or years: the part of ISO 8601 that retention rules use. */
export type Period = string & { readonly Period: unique symbol };

const periodShape = /^P([1-9]\d{0,3})(D|M|Y)$/;

export const Period = pattern<Period>('a period such as P90D, P3M or P1Y', periodShape, { examples: ['P3M', 'P1Y'] });

/** Japan has kept UTC+9 without summer time since 1952. */
export const JAPAN_OFFSET_MS = 9 * 3_600_000;

/**
 * The moment a period after another, counted on Japan's calendar; the end of a shorter month stands for a day that
 * it lacks (31 January + P1M is 28 or 29 February).
 */
export const plus = (at: Instant, period: Period): Instant => {
  const [, digits, unit] = periodShape.exec(period)!;
  const n = Number(digits);
  const local = new Date(epochMs(at) + JAPAN_OFFSET_MS);
  if (unit === 'D') local.setUTCDate(local.getUTCDate() + n);
  else {
    const day = local.getUTCDate();
    local.setUTCMonth(local.getUTCMonth() + n * (unit === 'Y' ? 12 : 1));
    // A day that the month lacks ran over into the next one.
    if (local.getUTCDate() !== day) local.setUTCDate(0);
  }
  return instant(local.getTime() - JAPAN_OFFSET_MS);
};

/** How far a client's clock may be ahead of ours. */
const SKEW_MS = 60_000;

/** Refuses a moment that lies in the future, beyond what clocks differ by. */
export const notInFuture = (moment: Instant, now: Instant, field: string): ReadonlyArray<DomainError> =>
  when(epochMs(moment) > epochMs(now) + SKEW_MS, invalid('in_future', 'lies in the future', field));
