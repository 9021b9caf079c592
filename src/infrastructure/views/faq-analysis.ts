import { analyse, bigrams, spellings, stretches, type Word } from './japanese/analysis.js';

/** The words of both texts, kept so that a hit is shown without analysing it again. */
export interface AnalysedArticle {
  readonly question: ReadonlyArray<Word>;
  readonly answer: ReadonlyArray<Word>;
}

export const analyseArticle = (article: { readonly question: string; readonly answer: string }): AnalysedArticle => ({
  question: analyse(article.question),
  answer: analyse(article.answer),
});

/** What words are found by, in their order. */
export const termsOf = (words: ReadonlyArray<Word>): ReadonlyArray<string> => words.flatMap(({ term }) => term ?? []);

/** The character pairs of both texts, as written and as read: a part of a word is a phrase of them. */
export const pairsIn = ({ question, answer }: AnalysedArticle): ReadonlyArray<string> =>
  [question, answer].flatMap((words) => stretches(words).flatMap(spellings).flatMap(bigrams));
