import { epochMs, JAPAN_OFFSET_MS, type Instant } from '../../domain/kernel/time.js';

const HOUR_MS = 3_600_000;

/** What Japan's clock is ahead of UTC, in hours: an hour of one is an hour of the other. */
export const JAPAN_OFFSET_HOURS = JAPAN_OFFSET_MS / HOUR_MS;

/** Full hours since 1970. */
export const hourOf = (at: Instant): number => Math.floor(epochMs(at) / HOUR_MS);

/** Of an hour since 1970, the hour of the day in Japan. */
export const hourOfDay = (hour: number): number => (hour + JAPAN_OFFSET_HOURS) % 24;

/** Of an hour since 1970, the day of the week in Japan: 1 is Monday; 1970 began on a Thursday. */
export const weekdayOf = (hour: number): number => ((Math.floor((hour + JAPAN_OFFSET_HOURS) / 24) + 3) % 7) + 1;
