import { analyse, bigrams, spellings, stretches, type Word } from './japanese/analysis.js';
import { storedWords, wordsOf } from './japanese/stored-words.js';

/** The words of both texts, kept so that a hit is shown without analysing it again. */
export interface AnalysedArticle {
  readonly question: ReadonlyArray<Word>;
  readonly answer: ReadonlyArray<Word>;
}

/** What an article is found by, and the words of it that a view keeps. */
export interface IndexedArticle {
  /** The terms of each text, in their order. */
  readonly question: ReadonlyArray<string>;
  readonly answer: ReadonlyArray<string>;
  /** The character pairs of both texts, as written and as read: a part of a word is a phrase of them. */
  readonly parts: ReadonlyArray<string>;
  /** `analysedArticle` reads it. */
  readonly words: string;
}

/** Indexed last: a view that is rebuilt takes an article in twice, and an edition often leaves the texts alone. */
const recent = new Map<string, IndexedArticle>();
const RECENT = 256;

/** Takes some milliseconds for a text that was not analysed just now. */
export const indexedArticle = ({
  question,
  answer,
}: {
  readonly question: string;
  readonly answer: string;
}): IndexedArticle => {
  const texts = JSON.stringify([question, answer]);
  const indexed = recent.get(texts) ?? indexOf({ question: analyse(question), answer: analyse(answer) });
  recent.delete(texts);
  recent.set(texts, indexed);
  for (const oldest of recent.keys()) {
    if (recent.size <= RECENT) break;
    recent.delete(oldest);
  }
  return indexed;
};

const indexOf = ({ question, answer }: AnalysedArticle): IndexedArticle => ({
  question: termsOf(question),
  answer: termsOf(answer),
  parts: [question, answer].flatMap((words) => stretches(words).flatMap(spellings).flatMap(bigrams)),
  words: [question, answer].map(storedWords).join('\n'),
});

export const analysedArticle = (stored: string): AnalysedArticle => {
  const [question, answer] = stored.split('\n') as [string, string];
  return { question: wordsOf(question), answer: wordsOf(answer) };
};

/** What words are found by, in their order. */
export const termsOf = (words: ReadonlyArray<Word>): ReadonlyArray<string> => words.flatMap(({ term }) => term ?? []);
