import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant, Instant, JAPAN_OFFSET_MS, notInFuture, Period, plus } from '../../src/domain/kernel/time.js';

const DAY = 86_400_000;

describe('a moment', () => {
  test.each(['2026-04-01T00:30:00.000Z', '2028-02-29T23:59:59.999Z', '0001-01-01T00:00:00.000Z'])('%s', (input) => {
    expect(Instant.is(input)).toBe(true);
  });
  test.each([
    ['another offset', '2026-04-01T09:30:00.000+09:00'],
    ['no milliseconds', '2026-04-01T00:30:00Z'],
    ['a day that there is not', '2026-02-29T00:00:00.000Z'],
    ['a month that there is not', '2026-13-01T00:00:00.000Z'],
    ['midnight at the end of the day', '2026-04-01T24:00:00.000Z'],
    ['a leap second', '2016-12-31T23:59:60.000Z'],
    ['a year of five digits', '+010000-01-01T00:00:00.000Z'],
    ['a line feed after it', '2026-04-01T00:30:00.000Z\n'],
    ['full-width digits', '２０２６-04-01T00:30:00.000Z'],
    ['a number', 1_775_003_400_000],
  ])('is not %s', (_, input) => {
    expect(Instant.is(input)).toBe(false);
  });
  test('the order of texts is the order of time', () => {
    const epochs = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(9999, 0, 1) });
    fc.assert(
      fc.property(epochs, epochs, (a, b) => {
        expect(Math.sign(a - b)).toBe(instant(a) < instant(b) ? -1 : instant(a) > instant(b) ? 1 : 0);
      }),
    );
  });
  test('of the future is refused, beyond what clocks differ by', () => {
    const now = instant(Date.UTC(2026, 3, 1));
    expect(notInFuture(instant(Date.UTC(2026, 3, 1, 0, 1)), now, 'at')).toEqual([]);
    expect(notInFuture(instant(Date.UTC(2026, 3, 1, 0, 1) + 1), now, 'at')).toMatchObject([
      { _tag: 'invalid', code: 'in_future', field: 'at' },
    ]);
  });
});

describe('a period', () => {
  test.each(['P1D', 'P90D', 'P3M', 'P1Y', 'P9999D'])('%s', (input) => {
    expect(Period.is(input)).toBe(true);
  });
  test.each(['', 'P', 'P0D', 'P03M', 'P-1D', 'P1.5M', 'P1W', 'P1M1D', 'PT1H', 'p1d', '1D', 'P10000D', 'P1D\n'])(
    'is not %j',
    (input) => {
      expect(Period.is(input)).toBe(false);
    },
  );
});

/** A wall clock in Japan, as a moment. */
const japan = (local: string) => instant(Date.parse(`${local}:00+09:00`));
/** The other way: year, month from 0, day, time of day in milliseconds. */
const wallClock = (at: Instant) => {
  const local = new Date(Date.parse(at) + JAPAN_OFFSET_MS);
  return { months: local.getUTCFullYear() * 12 + local.getUTCMonth(), day: local.getUTCDate(), time: +local % DAY };
};

describe('a period after a moment, on Japan’s calendar', () => {
  test.each([
    ['2026-01-31T10:00', 'P1M', '2026-02-28T10:00'],
    ['2028-01-31T10:00', 'P1M', '2028-02-29T10:00'],
    ['2028-02-29T10:00', 'P1Y', '2029-02-28T10:00'],
    ['2027-02-28T10:00', 'P1Y', '2028-02-28T10:00'],
    ['2026-11-30T10:00', 'P3M', '2027-02-28T10:00'],
    ['2026-08-31T10:00', 'P3M', '2026-11-30T10:00'],
    ['2026-12-31T23:59', 'P3M', '2027-03-31T23:59'],
    ['2026-02-28T10:00', 'P3M', '2026-05-28T10:00'],
    ['2026-02-28T10:00', 'P90D', '2026-05-29T10:00'],
    // Still the day before in UTC: the calendar is Japan's.
    ['2026-03-01T08:59', 'P1M', '2026-04-01T08:59'],
    ['2026-03-31T00:00', 'P1M', '2026-04-30T00:00'],
  ])('%s + %s is %s', (from, period, to) => {
    expect(plus(japan(from), period as Period)).toBe(japan(to));
  });

  const moments = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2200, 0, 1) }).map(instant);
  const counts = fc.integer({ min: 1, max: 2_000 });

  test('days are of 24 hours', () => {
    fc.assert(
      fc.property(moments, counts, (at, n) => {
        expect(Date.parse(plus(at, `P${n}D` as Period)) - Date.parse(at)).toBe(n * DAY);
      }),
    );
  });
  test('months keep day and time of day, or end with a shorter month: never a day later', () => {
    fc.assert(
      fc.property(moments, counts, fc.constantFrom('M', 'Y'), (at, n, unit) => {
        const [from, to] = [wallClock(at), wallClock(plus(at, `P${n}${unit}` as Period))];
        expect(to.months - from.months).toBe(unit === 'Y' ? 12 * n : n);
        expect(to.time).toBe(from.time);
        const lastDay = new Date(Date.UTC(Math.floor(to.months / 12), (to.months % 12) + 1, 0)).getUTCDate();
        expect(to.day).toBe(Math.min(from.day, lastDay));
      }),
      { numRuns: 1_000 },
    );
  });
  test('months are never longer than so many of 31 days, years than so many of 366', () => {
    fc.assert(
      fc.property(moments, counts, (at, n) => {
        expect(plus(at, `P${n}M` as Period) <= instant(Date.parse(at) + n * 31 * DAY)).toBe(true);
        expect(plus(at, `P${n}Y` as Period) <= instant(Date.parse(at) + n * 366 * DAY)).toBe(true);
      }),
    );
  });
  test('later moments are never due earlier, and a longer period never ends earlier', () => {
    fc.assert(
      fc.property(moments, moments, counts, fc.constantFrom('D', 'M', 'Y'), (a, b, n, unit) => {
        const [early, late] = a < b ? [a, b] : [b, a];
        expect(plus(early, `P${n}${unit}` as Period) <= plus(late, `P${n}${unit}` as Period)).toBe(true);
        expect(plus(a, `P${n}${unit}` as Period) < plus(a, `P${n + 1}${unit}` as Period)).toBe(true);
      }),
    );
  });
});
