import { createHash } from 'node:crypto';
import holidayJp from '@holiday-jp/holiday_jp';
import { Injectable } from '@nestjs/common';
import { BeyondCalendar, OfficeCalendar } from '../../application/ports/office-calendar.js';
import type { OfficeVerdict } from '../../domain/kernel/office.js';
import { epochMs, instant, JAPAN_OFFSET_MS, type Instant } from '../../domain/kernel/time.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Most cities' hours: 08:30 to 17:15, in minutes of the day; closed from 29 December to 3 January. */
const OPENS = (8 * 60 + 30) * MINUTE;
const CLOSES = (17 * 60 + 15) * MINUTE;
const isYearEnd = (monthDay: string) => monthDay >= '12-29' || monthDay <= '01-03';

const holidays: Readonly<Record<string, unknown>> = holidayJp.holidays;
const days = Object.keys(holidays).toSorted();
const firstYear = Number(days[0]!.slice(0, 4));
const lastYear = Number(days.at(-1)!.slice(0, 4));
// Not only the library's version: the table itself and the hours decide.
const digest = createHash('sha256')
  .update(JSON.stringify([days, OPENS, CLOSES]))
  .digest('hex')
  .slice(0, 8);
const CALENDAR = `holiday-jp ${holidayJp.VERSION}, 08:30-17:15, ${digest}`;

/** Office hours in Japan's time, Monday to Friday but for national holidays (substitute ones too) and the year's end. */
@Injectable()
export class JapaneseOfficeCalendar extends OfficeCalendar {
  override verdict(at: Instant): OfficeVerdict {
    const local = epochMs(at) + JAPAN_OFFSET_MS;
    const reason = dayOff(local) ?? (isDuringHours(local) ? 'open' : 'night');
    return { closed: reason !== 'open', reason, calendar: CALENDAR };
  }

  override nextOpening(at: Instant): Instant {
    return instant(openingFrom(epochMs(at) + JAPAN_OFFSET_MS) - JAPAN_OFFSET_MS);
  }

  override addOfficeHours(at: Instant, hours: number): Instant {
    let local = epochMs(at) + JAPAN_OFFSET_MS;
    for (let left = hours * 60 * MINUTE; ;) {
      local = openingFrom(local);
      const untilClosing = midnight(local) + CLOSES - local;
      if (left <= untilClosing) return instant(local + left - JAPAN_OFFSET_MS);
      left -= untilClosing;
      local = midnight(local) + CLOSES;
    }
  }
}

// Moments below are in Japan's time, as milliseconds that read like UTC.

const midnight = (local: number) => Math.floor(local / DAY) * DAY;

const isDuringHours = (local: number) => local - midnight(local) >= OPENS && local - midnight(local) < CLOSES;

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

/** This moment when the office is open, or else its next opening. */
const openingFrom = (local: number): number => {
  if (dayOff(local) === undefined && isDuringHours(local)) return local;
  let day = midnight(local) + (local - midnight(local) >= OPENS ? DAY : 0);
  while (dayOff(day) !== undefined) day += DAY;
  return day + OPENS;
};
