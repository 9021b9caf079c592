import type { Measures } from './metrics.js';

/** What an engine came to. */
export interface Result {
  readonly engine: string;
  readonly measures: Measures;
  /** Of each query, in milliseconds. */
  readonly times: ReadonlyArray<number>;
}

const percentile = (times: ReadonlyArray<number>, p: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * p))]!;

export const table = (results: ReadonlyArray<Result>): string => {
  const lines = [
    ['engine', 'R@10', 'P@10', 'nDCG@10', 'Hit@1', 'p50 ms', 'p99 ms'],
    ...results.map(({ engine, measures: { r10, p10, ndcg10, hit1 }, times }) => [
      engine,
      ...[r10, p10, ndcg10, hit1].map((share) => share.toFixed(3)),
      ...[0.5, 0.99].map((p) => percentile(times, p).toFixed(1)),
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) => line.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '))
    .join('\n');
};

/** `[{engine, r10, p10, ndcg10, hit1}]`, unrounded. */
export const json = (results: ReadonlyArray<Result>): string =>
  `${JSON.stringify(
    results.map(({ engine, measures }) => ({ engine, ...measures })),
    undefined,
    2,
  )}\n`;
