import { articleOf, cut, type QuestionAndAnswer } from './article.js';
import { BadInput } from './input.js';
import type { Judgements } from './metrics.js';

export interface Query {
  readonly text: string;
  readonly judged: Judgements;
}

/** What is imported and asked. */
export interface Trial {
  readonly articles: ReadonlyArray<QuestionAndAnswer>;
  /** The document of each article, in the same order. */
  readonly documents: ReadonlyArray<string>;
  /** Those that have a relevant document. */
  readonly queries: ReadonlyArray<Query>;
  /** What was not taken as it came, counted. */
  readonly warnings: ReadonlyArray<string>;
}

/** Of a query, in UTF-16 units: the port takes no more. */
const LONGEST_QUERY = 500;

export const trialOf = (
  corpus: ReadonlyMap<string, string>,
  queries: ReadonlyMap<string, string>,
  judgements: ReadonlyMap<string, Judgements>,
): Trial => {
  const read = [...corpus].map(([id, text]) => ({ id, article: articleOf(text) }));
  const taken = read.flatMap(({ id, article }) => (article === undefined ? [] : [{ id, article }]));
  const judged = [...judgements].filter(([, grades]) => [...grades.values()].some((grade) => grade > 0));
  const asked = judged.flatMap(([id, grades]) => {
    const text = queries.get(id);
    return text === undefined ? [] : [{ text, judged: grades }];
  });
  if (taken.length === 0) throw new BadInput('the corpus holds no text that could be an article');
  if (asked.length === 0) throw new BadInput('no query has a judgement above 0: there is nothing to measure');

  const unknown = judged.reduce(
    (sum, [, grades]) => sum + [...grades.keys()].filter((id) => !corpus.has(id)).length,
    0,
  );
  const cutTexts = taken.filter(({ article }) => article.left > 0);
  const unitsLeft = cutTexts.reduce((sum, { article }) => sum + article.left, 0);
  const warnings: ReadonlyArray<readonly [number, string]> = [
    [read.length - taken.length, 'texts are blank, and left out'],
    [cutTexts.length, `texts are longer than an article may be: ${unitsLeft} characters at their ends are left out`],
    [asked.filter(({ text }) => text.length > LONGEST_QUERY).length, `queries are cut at ${LONGEST_QUERY} characters`],
    [judged.length - asked.length, 'queries are judged, but not in the file of queries, and left out'],
    [queries.size - asked.length, 'queries have no judgement above 0, and are left out'],
    [unknown, 'judgements name a document that the corpus has not; it counts as one that is never found'],
  ];
  return {
    articles: taken.map(({ article }) => article),
    documents: taken.map(({ id }) => id),
    queries: asked.map(({ text, judged }) => ({ text: cut(text.toWellFormed(), LONGEST_QUERY), judged })),
    warnings: warnings.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`),
  };
};
