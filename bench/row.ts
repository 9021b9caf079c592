/** One line of the benchmark's table. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same by the bare driver in the same run, where the goal is a ratio to it. */
  readonly baseline?: number;
  /** `value` through `baseline`. */
  readonly ratio?: number;
  /** Of `ratio` where there is one, else of `value`. */
  readonly goal?: `${'<=' | '>='} ${number}`;
}
