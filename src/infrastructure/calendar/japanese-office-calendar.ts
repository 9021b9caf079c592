import { createHash } from 'node:crypto';
import holidayJp from '@holiday-jp/holiday_jp';
import { BeyondCalendar, OfficeCalendar } from '../../application/ports/office-calendar.js';
import type { OfficeVerdict } from '../../domain/kernel/office.js';
import { epochMs, instant, JAPAN_OFFSET_MS, type Instant } from '../../domain/kernel/time.js';
import { spanOf, usualHours, type OfficeHours } from './office-hours.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** From 29 December to 3 January. */
const isYearEnd = (monthDay: string) => monthDay >= '12-29' || monthDay <= '01-03';

const holidays: Readonly<Record<string, unknown>> = holidayJp.holidays;
const days = Object.keys(holidays).toSorted();
const firstYear = Number(days[0]!.slice(0, 4));
const lastYear = Number(days.at(-1)!.slice(0, 4));

/** Office hours in Japan's time, Monday to Friday but for national holidays (substitute ones too) and the year's end. */
export class JapaneseOfficeCalendar extends OfficeCalendar {
  private readonly opens: number;
  private readonly closes: number;
  private readonly version: string;

  constructor(hours: OfficeHours = usualHours) {
    super();
    [this.opens, this.closes] = spanOf(hours);
    // Not only the library's version: the table itself decides.
    const table = createHash('sha256').update(days.join()).digest('hex').slice(0, 8);
    this.version = `holiday-jp ${holidayJp.VERSION} ${table}, ${hours}`;
  }

  override verdict(at: Instant): OfficeVerdict {
    const local = epochMs(at) + JAPAN_OFFSET_MS;
    const reason = dayOff(local) ?? (this.isDuringHours(local) ? 'open' : 'night');
    return { closed: reason !== 'open', reason, calendar: this.version };
  }

  override nextOpening(at: Instant): Instant {
    return instant(this.openingFrom(epochMs(at) + JAPAN_OFFSET_MS) - JAPAN_OFFSET_MS);
  }

  override addOfficeHours(at: Instant, hours: number): Instant {
    let local = epochMs(at) + JAPAN_OFFSET_MS;
    for (let left = hours * HOUR; ;) {
      local = this.openingFrom(local);
      const untilClosing = midnight(local) + this.closes - local;
      if (left <= untilClosing) return instant(local + left - JAPAN_OFFSET_MS);
      left -= untilClosing;
      local = midnight(local) + this.closes;
    }
  }

  private isDuringHours(local: number): boolean {
    const time = local - midnight(local);
    return time >= this.opens && time < this.closes;
  }

  /** This moment when the office is open, or else its next opening. */
  private openingFrom(local: number): number {
    if (dayOff(local) === undefined && this.isDuringHours(local)) return local;
    let day = midnight(local) + (local - midnight(local) >= this.opens ? DAY : 0);
    while (dayOff(day) !== undefined) day += DAY;
    return day + this.opens;
  }
}

// Moments below are in Japan's time, as milliseconds that read like UTC.

const midnight = (local: number) => Math.floor(local / DAY) * DAY;

const dayOff = (local: number): 'weekend' | 'holiday' | 'year-end' | undefined => {
  const date = new Date(local);
  const year = date.getUTCFullYear();
  if (year < firstYear || year > lastYear)
    throw new BeyondCalendar(`the table of holidays covers ${firstYear} to ${lastYear}`);
  const day = date.toISOString().slice(0, 10);
  if (isYearEnd(day.slice(5))) return 'year-end';
  if (Object.hasOwn(holidays, day)) return 'holiday';
  return date.getUTCDay() === 0 || date.getUTCDay() === 6 ? 'weekend' : undefined;
};
