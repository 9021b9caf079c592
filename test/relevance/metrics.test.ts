import { describe, expect, test } from 'vitest';
import { mean, measure } from '../../bench/relevance/metrics.js';

const judged = (grades: Record<string, number>) => new Map(Object.entries(grades));
const places = (n: number, relevant: Record<number, string>) =>
  Array.from({ length: n }, (_, i) => relevant[i + 1] ?? `other-${i + 1}`);

describe('measures of a ranking, against figures worked out by hand', () => {
  test('graded judgements: the gain is the grade itself, discounted by the logarithm of the place', () => {
    // Found 1, 2 of 2, 1, 1: (1 + 2/log2(3)) / (2 + 1/log2(3) + 1/2) = 2.26186 / 3.13093.
    const measures = measure(['b', 'a', 'x'], judged({ a: 2, b: 1, c: 1 }));
    expect(measures.ndcg10).toBeCloseTo(0.722_424, 6);
    expect(measures).toMatchObject({ r10: 2 / 3, p10: 0.2, hit1: 1 });
  });

  test('the best order comes to 1', () => {
    expect(measure(['a', 'b', 'c'], judged({ c: 1, a: 3, b: 2 }))).toEqual({ r10: 1, p10: 0.3, ndcg10: 1, hit1: 1 });
  });

  test('equal grades may stand in any order', () => {
    const grades = judged({ a: 1, b: 1, c: 2 });
    expect(measure(['c', 'a', 'b'], grades)).toEqual(measure(['c', 'b', 'a'], grades));
  });

  test('the only relevant one at the tenth place, and at the eleventh', () => {
    expect(measure(places(10, { 10: 'a' }), judged({ a: 1 }))).toEqual({
      r10: 1,
      p10: 0.1,
      ndcg10: 1 / Math.log2(11),
      hit1: 0,
    });
    expect(measure(places(12, { 11: 'a' }), judged({ a: 1 }))).toEqual({ r10: 0, p10: 0, ndcg10: 0, hit1: 0 });
  });

  test('fewer than ten hits leave the other places empty, and none leave all of them', () => {
    expect(measure(['a'], judged({ a: 1, b: 1 }))).toEqual({
      r10: 0.5,
      p10: 0.1,
      // 1 / (1 + 1/log2(3))
      ndcg10: expect.closeTo(0.613_147, 6),
      hit1: 1,
    });
    expect(measure([], judged({ a: 1 }))).toEqual({ r10: 0, p10: 0, ndcg10: 0, hit1: 0 });
  });

  test('more than ten are relevant: the ideal has ten places, recall all of them', () => {
    const ids = Array.from({ length: 20 }, (_, i) => `r${i}`);
    const measures = measure(ids.slice(0, 10), judged(Object.fromEntries(ids.map((id) => [id, 1]))));
    expect(measures).toEqual({ r10: 0.5, p10: 1, ndcg10: 1, hit1: 1 });
  });

  test('a document that is judged but never found counts in the ideal', () => {
    // 1/log2(3) / (2 + 1/log2(3))
    expect(measure(['x', 'b'], judged({ lost: 2, b: 1 })).ndcg10).toBeCloseTo(0.239_812, 6);
  });

  test('grades of 0 and below are not relevant, and take nothing away', () => {
    const grades = { a: 1, zero: 0, bad: -2 };
    expect(measure(['bad', 'zero', 'a'], judged(grades))).toEqual({ r10: 1, p10: 0.1, ndcg10: 0.5, hit1: 0 });
  });

  test('a query of which nothing is relevant cannot be measured', () => {
    expect(() => measure(['a'], judged({ a: 0 }))).toThrow(RangeError);
  });
});

test('the mean counts every query the same, however much is relevant to it', () => {
  const all = { r10: 1, p10: 0.5, ndcg10: 0.8, hit1: 1 };
  const none = { r10: 0, p10: 0, ndcg10: 0, hit1: 0 };
  expect(mean([all, none])).toEqual({ r10: 0.5, p10: 0.25, ndcg10: 0.4, hit1: 0.5 });
});
