import { morphemes, type Morpheme } from './lindera.js';
import { hiragana, normalise } from './normalise.js';

/** A word of a text. */
export interface Word {
  /** UTF-16 offsets into the original text. */
  readonly start: number;
  readonly end: number;
  /** As written, normalised, kana as hiragana. */
  readonly surface: string;
  /** In hiragana. */
  readonly reading: string;
  /** What it is found by: its base form; absent for words that carry no meaning of their own. */
  readonly term?: string;
}

// Grammar, not content: what Lucene's Kuromoji drops (`kuromoji_part_of_speech`), and dependent nouns and verbs.
const grammar = new Set(['助詞', '助動詞', '記号', '接続詞', 'フィラー', '感動詞', '連体詞', 'その他']);
const dependent = new Set(['非自立', '接尾']);
// Verbs that stand in nearly every sentence; the dictionary counts them among the independent ones.
const light = new Set(['する', 'なる', 'ある', 'いる', 'できる', 'くださる', 'いただく']);

const carriesMeaning = ({ partOfSpeech, subcategory, base }: Morpheme) => {
  if (grammar.has(partOfSpeech)) return false;
  if (partOfSpeech === '動詞') return !dependent.has(subcategory) && !light.has(base);
  if (partOfSpeech === '形容詞') return !dependent.has(subcategory);
  return !(partOfSpeech === '名詞' && subcategory === '非自立');
};

const wordLike = /[\p{L}\p{N}]/u;
const notOfWords = /[^\p{L}\p{M}\p{N}]/gu;
// コンピューター and コンピュータ are one word (`kuromoji_stemmer`); of short words the long vowel is a part.
const longVowelEnd = /^([\p{Script=Katakana}ー]{3,})ー$/u;

/** Letters, marks and digits alone, kana as hiragana: what an index holds never needs quoting or splitting. */
const plain = (text: string): string => hiragana(text.replace(notOfWords, ''));

/** The words of a text in their order, without punctuation. */
export const analyse = (original: string): ReadonlyArray<Word> => {
  const { text, starts, ends } = normalise(original);
  return morphemes(text)
    .filter(({ surface }) => wordLike.test(surface))
    .map((morpheme) => ({
      start: starts[morpheme.start]!,
      end: ends[morpheme.end - 1]!,
      surface: plain(morpheme.surface),
      reading: plain(morpheme.reading),
      ...(carriesMeaning(morpheme) && { term: plain(morpheme.base.replace(longVowelEnd, '$1')) }),
    }));
};

/**
 * Pairs of neighbouring characters, and the last one alone: a phrase of them is a part of a word, so that ごみ finds
 * 粗大ごみ, which the dictionary holds as one word.
 */
export const bigrams = (text: string): ReadonlyArray<string> => {
  const characters = Array.from(text);
  return characters.map((character, i) => character + (characters[i + 1] ?? ''));
};

/** Words that touch each other, such as those of a compound or of a sentence up to its comma. */
export const stretches = (words: ReadonlyArray<Word>): ReadonlyArray<ReadonlyArray<Word>> => {
  const found: Word[][] = [];
  for (const word of words) {
    const stretch = found.at(-1);
    if (stretch?.at(-1)?.end === word.start) stretch.push(word);
    else found.push([word]);
  }
  return found;
};

/** How a stretch is written, and how it is read where that differs. */
export const spellings = (stretch: ReadonlyArray<Word>): ReadonlyArray<string> => [
  ...new Set([stretch.map(({ surface }) => surface).join(''), stretch.map(({ reading }) => reading).join('')]),
];

/** Pairs of characters of a text as written, each once: what a mistyped word still shares with the right one. */
export const pairsOf = (words: ReadonlyArray<Word>): ReadonlyArray<string> => [
  ...new Set(
    stretches(words)
      .map((stretch) => stretch.map(({ surface }) => surface).join(''))
      .flatMap((written) => bigrams(written).slice(0, -1)),
  ),
];
