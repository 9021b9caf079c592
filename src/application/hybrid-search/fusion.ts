import type { RankedArticle } from '../ports/faq-search.js';
import type { Similar } from '../ports/vectors.js';

/**
 * How much meaning counts beside words. Measured best on FAQs of cities (docs/adr/0017-hybrid-search.md), where 0.7 is
 * hardly worse, and what others found for other texts and models.
 */
const WEIGHT_OF_MEANING = 0.8;

/**
 * One order of two. Each score is stretched over the candidates, from 0 for the worst to 1 for the best: what a score of
 * words or a cosine says by itself depends on the query, and on the model. An article without words of the query has 0 of
 * them; one whose vector is not there yet is judged by its words alone.
 */
export const fuse = (
  ranked: ReadonlyArray<RankedArticle>,
  similar: ReadonlyArray<Similar>,
): ReadonlyArray<RankedArticle> => {
  const words = new Map(ranked.map(({ id, score }) => [id, score]));
  const meaning = new Map(similar.map(({ id, similarity }) => [id, similarity]));
  const ofWords = stretch([0, ...words.values()]);
  const ofMeaning = stretch([...meaning.values()]);
  return [...new Set([...words.keys(), ...meaning.keys()])]
    .map((id) => {
      const inWords = ofWords(words.get(id) ?? 0);
      const near = meaning.get(id);
      const score =
        near === undefined ? inWords : (1 - WEIGHT_OF_MEANING) * inWords + WEIGHT_OF_MEANING * ofMeaning(near);
      return { id, score };
    })
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
};

/** Where all are the same, all are best. */
const stretch = (scores: ReadonlyArray<number>) => {
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least;
  return (score: number) => (range === 0 ? 1 : (score - least) / range);
};
