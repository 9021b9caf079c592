import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant, plus, type Instant, type Period } from '../../src/domain/kernel/time.js';
import { dueAt, retentionPolicy } from '../../src/domain/retention/retention-policy.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(retentionPolicy);

const bounds = { 'callback-contact': 'P1Y', 'caller-numbers': 'P3M', recording: 'P3M' } as const;
type Category = keyof typeof bounds;
const categories = Object.keys(bounds) as ReadonlyArray<Category>;

const ground = '要領第5条第6項';
const manager = { by: 'responsible-manager' } as const;
const set = (category: Category, period: string) => given().when('SetRetention', { category, period, ground }, manager);
const may = (category: Category, period: string) => 'events' in set(category, period);

describe('SetRetention', () => {
  test('K7: set to less, with its ground; the same again changes nothing', () => {
    const shorter = event('RetentionSet', { category: 'recording', period: 'P30D', ground });
    expect(set('recording', 'P30D')).toEqual(events(shorter));
    expect(given(shorter).when('SetRetention', { category: 'recording', period: 'P30D', ground }, manager)).toEqual(
      events(),
    );
  });
  test('K7: a decision for what holds already is a decision, and recorded', () => {
    for (const category of categories) {
      const asIs = retentionPolicy.initial[category];
      expect(given().when('SetRetention', asIs, manager)).toEqual(events(event('RetentionSet', asIs)));
    }
  });
  test.each(['recording', 'caller-numbers'] as const)('K7: %s: three months at most', (category) => {
    for (const period of ['P1D', 'P89D', 'P1M', 'P3M']) expect(may(category, period)).toBe(true);
    for (const period of ['P90D', 'P92D', 'P9999D', 'P4M', 'P12M', 'P1Y', 'P9999Y'])
      expect(set(category, period)).toEqual(refused('retention_above_bound period'));
  });
  test('S7: contact details: one year at most', () => {
    for (const period of ['P1D', 'P365D', 'P12M', 'P1Y']) expect(may('callback-contact', period)).toBe(true);
    for (const period of ['P366D', 'P13M', 'P2Y', 'P9999M'])
      expect(set('callback-contact', period)).toEqual(refused('retention_above_bound period'));
  });
  test('K7, K13: by the responsible manager alone', () => {
    expect(
      rolesThatMay((by) => given().when('SetRetention', { category: 'recording', period: 'P1M', ground }, { by })),
    ).toEqual(['responsible-manager']);
  });
  test('K7: each category has its own', () => {
    const history = [event('RetentionSet', { category: 'recording', period: 'P30D', ground })];
    const state = history.reduce(retentionPolicy.evolve, retentionPolicy.initial);
    const from = '2026-01-31T03:00:00.000Z' as Instant;
    expect(dueAt(state, 'recording', from)).toBe('2026-03-02T03:00:00.000Z');
    expect(dueAt(state, 'caller-numbers', from)).toBe('2026-04-30T03:00:00.000Z');
    expect(dueAt(state, 'callback-contact', from)).toBe('2027-01-31T03:00:00.000Z');
  });
});

const moments = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString() as Instant);
const periods = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('D', 'M', 'Y'))
  .map(([n, unit]) => `P${n}${unit}` as Period);

test('S7, K7: an accepted period nowhere outlasts its bound; a refused one somewhere would', () => {
  const outlasts = (category: Category, period: Period) => (from: Instant) =>
    plus(from, period) > plus(from, bounds[category] as Period);
  const fourYears = Array.from({ length: 4 * 366 }, (_, day) => instant(Date.UTC(2025, 0, 1 + day)));
  fc.assert(
    fc.property(fc.constantFrom(...categories), periods, moments, (category, period, from) => {
      if (may(category, period)) expect(outlasts(category, period)(from)).toBe(false);
      else expect(fourYears.some(outlasts(category, period))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
