import type { OfficeVerdict } from '../../domain/kernel/office.js';
import type { Instant } from '../../domain/kernel/time.js';

/** A moment that the calendar's holiday table does not reach: it says so instead of guessing. */
export class BeyondCalendar extends Error {}

/** Port: the city's office hours, with Japanese public holidays. Throws `BeyondCalendar`. */
export abstract class OfficeCalendar {
  abstract verdict(at: Instant): OfficeVerdict;

  /** The moment itself when the office is open then. */
  abstract nextOpening(at: Instant): Instant;

  /** The moment by which so many office hours have passed. */
  abstract addOfficeHours(at: Instant, hours: number): Instant;
}
