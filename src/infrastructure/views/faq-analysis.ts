import { analyse, bigrams, spellings, stretches, type Word } from './japanese/analysis.js';
import { storedWords, wordsOf } from './japanese/stored-words.js';

/** The words of both texts, kept so that a hit is shown without analysing it again. */
export interface AnalysedArticle {
  readonly question: ReadonlyArray<Word>;
  readonly answer: ReadonlyArray<Word>;
}

/** Analysed last: a view that is rebuilt takes an article in twice, and an edition often leaves the texts alone. */
const recent = new Map<string, AnalysedArticle>();
const RECENT = 256;

/** Takes some milliseconds for a text that was not analysed just now. */
export const analyseArticle = ({
  question,
  answer,
}: {
  readonly question: string;
  readonly answer: string;
}): AnalysedArticle => {
  const texts = JSON.stringify([question, answer]);
  const analysed = recent.get(texts) ?? { question: analyse(question), answer: analyse(answer) };
  recent.delete(texts);
  recent.set(texts, analysed);
  for (const oldest of recent.keys()) {
    if (recent.size <= RECENT) break;
    recent.delete(oldest);
  }
  return analysed;
};

/** As a view keeps it. */
export const storedArticle = ({ question, answer }: AnalysedArticle): string =>
  [question, answer].map(storedWords).join('\n');

export const analysedArticle = (stored: string): AnalysedArticle => {
  const [question, answer] = stored.split('\n') as [string, string];
  return { question: wordsOf(question), answer: wordsOf(answer) };
};

/** What words are found by, in their order. */
export const termsOf = (words: ReadonlyArray<Word>): ReadonlyArray<string> => words.flatMap(({ term }) => term ?? []);

/** The character pairs of both texts, as written and as read: a part of a word is a phrase of them. */
export const pairsIn = ({ question, answer }: AnalysedArticle): ReadonlyArray<string> =>
  [question, answer].flatMap((words) => stretches(words).flatMap(spellings).flatMap(bigrams));
