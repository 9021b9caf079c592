import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuse } from '../../src/application/hybrid-search/fusion.js';
import type { ArticleId } from '../../src/domain/kernel/ids.js';

const id = (name: string) => name as ArticleId;
const ranked = (scores: Readonly<Record<string, number>>) =>
  Object.entries(scores).map(([name, score]) => ({ id: id(name), score }));
const similar = (scores: Readonly<Record<string, number>>) =>
  Object.entries(scores).map(([name, similarity]) => ({ id: id(name), similarity }));
const order = (fused: ReadonlyArray<{ readonly id: string }>) => fused.map((each) => each.id);

describe('words and meaning in one order', () => {
  test('what is best in both is best, and both count', () => {
    const fused = fuse(ranked({ a: 9, b: 3 }), similar({ a: 0.92, b: 0.9, c: 0.82 }));
    expect(order(fused)).toEqual(['a', 'b', 'c']);
    expect(fused[0]!.score).toBeCloseTo(1);
    expect(fused[1]!.score).toBeCloseTo(0.2 / 3 + 0.8 * 0.8);
    expect(fused[2]!.score).toBeCloseTo(0);
  });

  test('what is found by meaning alone can come before what is found by words', () => {
    expect(order(fuse(ranked({ a: 9 }), similar({ a: 0.82, b: 0.91 })))).toEqual(['b', 'a']);
  });

  test('an article whose vector is not there yet keeps the place that its words give it', () => {
    const fused = fuse(ranked({ fresh: 10, a: 5 }), similar({ a: 0.9, b: 0.8 }));
    expect(order(fused)).toEqual(['fresh', 'a', 'b']);
    expect(fused[0]!.score).toBe(1);
  });

  test('with one side alone it is the order of that side', () => {
    expect(order(fuse(ranked({ a: 1, b: 7, c: 3 }), []))).toEqual(['b', 'c', 'a']);
    expect(order(fuse([], similar({ a: 0.8, b: 0.9 })))).toEqual(['b', 'a']);
  });

  test('neither the unit of a score nor where cosines lie changes the order', () => {
    const scores = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 1, max: 1_000 }));
    const cosines = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 1_000 }));
    fc.assert(
      fc.property(scores, cosines, fc.constantFrom(0.5, 2, 8), (words, meaning, unit) => {
        const times = (of: object) => Object.fromEntries(Object.entries(of).map(([k, v]) => [k, (v as number) * unit]));
        const plain = fuse(ranked(words), similar(meaning));
        expect(order(fuse(ranked(times(words)), similar(times(meaning))))).toEqual(order(plain));
        expect(new Set(order(plain))).toEqual(new Set([...Object.keys(words), ...Object.keys(meaning)]));
        for (const { score } of plain) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });
});
