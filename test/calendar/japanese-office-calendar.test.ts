import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BeyondCalendar } from '../../src/application/ports/office-calendar.js';
import { OfficeVerdict } from '../../src/domain/kernel/office.js';
import { epochMs, instant, type Instant } from '../../src/domain/kernel/time.js';
import { JapaneseOfficeCalendar } from '../../src/infrastructure/calendar/japanese-office-calendar.js';
import { OfficeHours } from '../../src/infrastructure/calendar/office-hours.js';

const calendar = new JapaneseOfficeCalendar();
const japan = (local: string) => instant(Date.parse(`${local}+09:00`));

const moments = fc
  .integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 11, 31) })
  .map((ms): Instant => instant(ms));

describe('office hours in Japan (S5)', () => {
  test.each([
    ['2026-04-01T08:29:59', 'night'],
    ['2026-04-01T08:30:00', 'open'],
    ['2026-04-01T17:14:59', 'open'],
    ['2026-04-01T17:15:00', 'night'],
    ['2026-04-04T10:00:00', 'weekend'],
    ['2026-04-29T10:00:00', 'holiday'],
    // Constitution Day falls on a Sunday: Wednesday stands in for it (振替休日).
    ['2026-05-06T10:00:00', 'holiday'],
    // Between two holidays (国民の休日).
    ['2026-09-22T10:00:00', 'holiday'],
    ['2026-12-28T10:00:00', 'open'],
    ['2026-12-29T10:00:00', 'year-end'],
    ['2027-01-03T10:00:00', 'year-end'],
    ['2027-01-04T10:00:00', 'open'],
  ])('%s is %s', (local, reason) => {
    expect(calendar.verdict(japan(local))).toMatchObject({ reason, closed: reason !== 'open' });
  });

  test('the verdict names its calendar, and fits its codec', () => {
    const verdict = calendar.verdict(japan('2026-04-01T10:00:00'));
    expect(OfficeVerdict.is(verdict)).toBe(true);
    expect(verdict.calendar).toMatch(/^holiday-jp \d+\.\d+\.\d+ [0-9a-f]{8}, 08:30-17:15$/);
  });

  test('opens next after a long weekend', () => {
    expect(calendar.nextOpening(japan('2026-05-01T18:00:00'))).toBe(japan('2026-05-07T08:30:00'));
    expect(calendar.nextOpening(japan('2026-04-01T09:00:00'))).toBe(japan('2026-04-01T09:00:00'));
  });

  test('counts office hours over a long weekend', () => {
    expect(calendar.addOfficeHours(japan('2026-05-01T16:15:00'), 8)).toBe(japan('2026-05-07T15:30:00'));
    expect(calendar.addOfficeHours(japan('2026-05-02T23:00:00'), 8)).toBe(japan('2026-05-07T16:30:00'));
  });

  test("keeps another city's hours", () => {
    const longer = new JapaneseOfficeCalendar('08:00-18:00' as OfficeHours);
    const at = japan('2026-04-01T17:59:59');
    expect([calendar.verdict(at).closed, longer.verdict(at).closed]).toEqual([true, false]);
    expect(longer.verdict(at).calendar).toContain('08:00-18:00');
  });

  test.each(['17:15-08:30', '08:30-08:30', '8:30-17:15', '08:30-24:00', '08:30', ''])('%j are no hours', (text) => {
    expect(OfficeHours.is(text)).toBe(false);
  });

  test('beyond its table it says so and does not guess', () => {
    expect(calendar.verdict(japan('2050-12-31T23:59:59')).reason).toBe('year-end');
    expect(() => calendar.verdict(japan('2051-01-01T00:00:00'))).toThrow(BeyondCalendar);
    expect(() => calendar.nextOpening(japan('2050-12-31T10:00:00'))).toThrow(BeyondCalendar);
  });

  test('the next opening is open, not before, and nothing between is open', () => {
    fc.assert(
      fc.property(moments, fc.double({ min: 0, max: 0.999, noNaN: true }), (at, part) => {
        const next = calendar.nextOpening(at);
        expect(next >= at).toBe(true);
        expect(calendar.verdict(next).closed).toBe(false);
        const between = instant(Math.floor(epochMs(at) + (epochMs(next) - epochMs(at)) * part));
        if (between < next) expect(calendar.verdict(between).closed).toBe(true);
      }),
    );
  });

  test('adding hours in two steps is adding them in one', () => {
    const hours = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(moments, hours, hours, (at, a, b) => {
        const stepwise = calendar.addOfficeHours(calendar.addOfficeHours(at, a), b);
        expect(calendar.nextOpening(stepwise)).toBe(calendar.nextOpening(calendar.addOfficeHours(at, a + b)));
      }),
    );
  });
});
