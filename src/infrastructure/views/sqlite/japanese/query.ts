import { analyse, stretches } from './analysis.js';

/** A part of a word as it is written or read. `open`: its last character may have others after it. */
export interface Part {
  readonly text: string;
  readonly open: boolean;
}

/** What a citizen's words, or what is typed of them so far, look for; any of it is enough. */
export interface JapaneseQuery {
  /** Base forms. */
  readonly terms: ReadonlyArray<string>;
  /** How the word that is being typed begins. */
  readonly prefix?: string;
  readonly parts: ReadonlyArray<Part>;
}

const kana = /^[\p{Script=Hiragana}ー]{2,}$/u;

/** Any string; `unfinished`: its last word may be. */
export const parseQuery = (text: string, unfinished: boolean): JapaneseQuery => {
  const words = analyse(text);
  const last = words.at(-1);
  const typing = unfinished && last !== undefined && last.end === text.length ? last : undefined;
  const parts = new Map<string, Part>();
  const add = (part: string, open: boolean) =>
    parts.set(part, { text: part, open: open || parts.get(part)?.open === true });
  for (const word of words) {
    const open = word === typing;
    if (word.term !== undefined && (open || Array.from(word.surface).length > 1)) add(word.surface, open);
  }
  // Kana that are not yet kanji are cut into words that nobody meant: they are looked for as they are read.
  for (const stretch of stretches(words)) {
    const surface = stretch.map((word) => word.surface).join('');
    if (kana.test(surface)) add(surface, stretch.at(-1) === typing);
  }
  return {
    terms: [...new Set(words.flatMap(({ term }) => term ?? []))],
    ...(typing !== undefined && { prefix: typing.surface }),
    parts: [...parts.values()],
  };
};
