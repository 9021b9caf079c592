/** How relevant a document is to a query, by its id: above 0 is relevant, more is better. */
export type Judgements = ReadonlyMap<string, number>;

/** Each from 0 to 1; the names are those of the report's JSON. */
export interface Measures {
  /** The share of all relevant documents that is among the first 10. */
  readonly r10: number;
  /** The share of 10 places that a relevant document has, however few were found. */
  readonly p10: number;
  /** The sum of grade / log2(rank + 1) over the first 10, by that of the best order of all that was judged. */
  readonly ndcg10: number;
  /** Whether the first is relevant. */
  readonly hit1: number;
}

const DEPTH = 10;

const isRelevant = (grade: number | undefined): grade is number => grade !== undefined && grade > 0;

const discountedGain = (grades: ReadonlyArray<number>): number =>
  grades.slice(0, DEPTH).reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0);

/** Of one query: what was found, best first and none twice, against what is judged. At least one must be relevant. */
export const measure = (found: ReadonlyArray<string>, judged: Judgements): Measures => {
  const relevant = [...judged.values()].filter(isRelevant);
  if (relevant.length === 0) throw new RangeError('a query of which nothing is relevant measures nothing');
  const grades = found.slice(0, DEPTH).map((id) => Math.max(0, judged.get(id) ?? 0));
  const hits = grades.filter(isRelevant).length;
  return {
    r10: hits / relevant.length,
    p10: hits / DEPTH,
    ndcg10: discountedGain(grades) / discountedGain(relevant.toSorted((a, b) => b - a)),
    hit1: isRelevant(grades[0]) ? 1 : 0,
  };
};

/** Every query counts the same. */
export const mean = (all: ReadonlyArray<Measures>): Measures => {
  const of = (name: keyof Measures) => all.reduce((sum, measures) => sum + measures[name], 0) / all.length;
  return { r10: of('r10'), p10: of('p10'), ndcg10: of('ndcg10'), hit1: of('hit1') };
};
