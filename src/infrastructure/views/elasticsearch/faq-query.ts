import type { estypes } from '@elastic/elasticsearch';
import { bigrams } from '../japanese/analysis.js';
import { SYNONYM_WEIGHT, type Concept, type JapaneseQuery, type Part, type Wording } from '../japanese/query.js';

type Query = estypes.QueryDslQueryContainer;

/** A part of a word says less than a word; it stands in for a word that no article has. */
const WEIGHT_OF_PARTS = 0.1;

/** That an article holds a word at all, wherever: so that one word again and again does not outweigh several. */
const WEIGHT_OF_PRESENCE = 0.5;

/** The fields that are searched, each weighed by itself and added up: measured better than one field for both. */
const fields = ['question', 'answer'] as const;

/** Terms that begin alike weigh together what one term of theirs would. */
const rewrite = 'top_terms_blended_freqs_50';

/** The terms that parts of the query stand in for when no article has them. */
export const termsOfParts = ({ parts, concepts }: JapaneseQuery): ReadonlyArray<string> => {
  const wordings = concepts.flatMap(({ written, alternatives }) => [written, ...alternatives]);
  const all = [...parts, ...wordings.flatMap((wording) => wording.parts)];
  return [...new Set(all.flatMap(({ term }) => term ?? []))];
};

/** What counts for an article, added up; `known`: the terms that any article has. Nothing when nothing is looked for. */
export const clausesOf = (query: JapaneseQuery, known: ReadonlySet<string>): ReadonlyArray<Query> => {
  const { prefix, concepts } = query;
  const begins =
    prefix === undefined ? [] : fields.map((field) => ({ prefix: { [field]: { value: prefix, rewrite } } }));
  return [...wordingClauses(query, known), ...begins, ...concepts.map((concept) => bestOf(concept, known))];
};

const wordingClauses = ({ text, terms, parts }: Wording, known: ReadonlySet<string>): ReadonlyArray<Query> => [
  ...(terms.length === 0 ? [] : fields.map((field) => ({ match: { [field]: { query: text } } }))),
  ...parts.map((part) => phraseOf(part, part.term !== undefined && !known.has(part.term) ? 1 : WEIGHT_OF_PARTS)),
  ...presenceOf(terms, parts),
];

/** For each word once, as the application cut it or as a part; a part of no word stands for itself. */
const presenceOf = (terms: ReadonlyArray<string>, parts: ReadonlyArray<Part>): ReadonlyArray<Query> => {
  const partsOf = Map.groupBy(parts, ({ term, text }) => term ?? text);
  return [...new Set([...terms, ...partsOf.keys()])].map((word) => ({
    dis_max: {
      queries: [{ term: { terms: word } }, ...(partsOf.get(word) ?? []).map((part) => phraseOf(part, 1))],
      boost: WEIGHT_OF_PRESENCE,
    },
  }));
};

/** The best of what was said and what else may be said for it, not their sum. */
const bestOf = ({ written, alternatives }: Concept, known: ReadonlySet<string>): Query => ({
  dis_max: {
    queries: [
      { bool: { should: [...wordingClauses(written, known)] } },
      ...alternatives.map(({ text, terms, parts }) => ({
        bool: {
          should: [
            ...(text === '' ? [] : fields.map((field) => ({ match_phrase: { [field]: { query: text } } }))),
            ...parts.map((part) => phraseOf(part, known.has(part.term ?? '') ? WEIGHT_OF_PARTS : 1)),
            ...(terms.length === 1 ? presenceOf(terms, parts) : []),
          ],
          boost: SYNONYM_WEIGHT,
        },
      })),
    ],
  },
});

/** A phrase weighs as much as all its pairs together: their mean is meant. */
const phraseOf = ({ text }: Part, weight: number): Query => {
  const pairs = bigrams(text).slice(0, -1);
  return pairs.length === 0
    ? { prefix: { parts: { value: text, rewrite, boost: weight } } }
    : { match_phrase: { parts: { query: pairs.join(' '), boost: weight / pairs.length } } };
};
