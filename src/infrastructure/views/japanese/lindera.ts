import { TokenizerBuilder, type Tokenizer } from 'lindera-wasm-nodejs-ipadic';
import { userWords } from './user-words.js';

/** What lindera says of one morpheme; an unknown word has neither base form nor reading. Offsets are UTF-8 bytes. */
interface LinderaToken {
  readonly surface: string;
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly partOfSpeech: string;
  readonly partOfSpeechSubcategory1?: string;
  readonly baseForm?: string;
  readonly reading?: string;
}

export interface Morpheme {
  readonly surface: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  readonly partOfSpeech: string;
  readonly subcategory: string;
  /** Dictionary form; the surface of an unknown word. */
  readonly base: string;
  /** In katakana; the surface of an unknown word. */
  readonly reading: string;
}

const load = (): Tokenizer => {
  const builder = new TokenizerBuilder();
  builder.setDictionary('embedded://ipadic');
  // As Kuromoji's search mode: long compounds as their words, by the same penalties.
  builder.setMode('decompose');
  return builder.build();
};

let tokenizer: Tokenizer | undefined;

/** Reads the dictionary, once: 0.3 s and 140 MB that a build of other views does without. */
export const loadDictionary = (): Tokenizer => (tokenizer ??= load());

const known = (field: string | undefined) => (field === '*' ? undefined : field);

const anyUserWord = new RegExp([...userWords.keys()].join('|'), 'gu');

/**
 * Well-formed text as the words of the IPA dictionary and of ours, which come first; spaces belong to none. Takes about
 * 10 us a character.
 */
export const morphemes = (text: string): ReadonlyArray<Morpheme> => {
  const found: Morpheme[] = [];
  let end = 0;
  for (const { 0: surface, index: start } of text.matchAll(anyUserWord)) {
    found.push(...ofDictionary(text.slice(end, start), end));
    end = start + surface.length;
    const reading = userWords.get(surface)!;
    found.push({ surface, start, end, partOfSpeech: '名詞', subcategory: '一般', base: surface, reading });
  }
  return [...found, ...ofDictionary(text.slice(end), end)];
};

/** `from`: where the text begins in the whole. */
const ofDictionary = (text: string, from: number): ReadonlyArray<Morpheme> => {
  if (text === '') return [];
  let byte = 0;
  let unit = 0;
  const unitAt = (target: number) => {
    while (byte < target) {
      const codePoint = text.codePointAt(unit)!;
      byte += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      unit += codePoint < 0x10000 ? 1 : 2;
    }
    return unit;
  };
  return (loadDictionary().tokenize(text) as ReadonlyArray<LinderaToken>).map((token) => ({
    surface: token.surface,
    start: from + unitAt(token.byteStart),
    end: from + unitAt(token.byteEnd),
    partOfSpeech: token.partOfSpeech,
    subcategory: token.partOfSpeechSubcategory1 ?? '*',
    base: known(token.baseForm) ?? token.surface,
    reading: known(token.reading) ?? token.surface,
  }));
};
