import { analyse, stretches } from './analysis.js';

/** A part of a word as it is written or read. */
export interface Part {
  readonly text: string;
  /** The term that it is the surface of. */
  readonly term?: string;
}

/** What a citizen's words, or what is typed of them so far, look for; any of it is enough. */
export interface JapaneseQuery {
  /** Base forms. */
  readonly terms: ReadonlyArray<string>;
  /** How the word that is being typed begins. */
  readonly prefix?: string;
  readonly parts: ReadonlyArray<Part>;
}

const kana = /^[\p{Script=Hiragana}ー]+$/u;

/** Any string; `unfinished`: its last word may be. */
export const parseQuery = (text: string, unfinished: boolean): JapaneseQuery => {
  const words = analyse(text);
  const last = words.at(-1);
  const typing = unfinished && last?.end === text.length ? last : undefined;
  const parts = new Map<string, Part>();
  for (const word of words) {
    const { surface, term } = word;
    // A single character is a part only while it is typed, and only if it says something.
    const long = Array.from(surface).length > 1;
    if (term !== undefined && (long || (word === typing && !kana.test(surface))))
      parts.set(surface, { text: surface, term });
  }
  // 粗大ご is cut into 粗大 and ご until it is whole: what is typed may go on the word before it.
  const before = words.at(-2);
  const goesOn = typing !== undefined && before?.term !== undefined && before.end === typing.start;
  if (goesOn) {
    const joined = before.surface + typing.surface;
    parts.set(joined, { text: joined, term: joined });
  }
  // A single kana that goes on a word says nothing by itself: every word that begins with it would be a hit.
  const fragment = goesOn && kana.test(typing.surface) && typing.surface.length === 1 ? typing : undefined;
  // Kana that are not yet kanji are cut into words that nobody meant: they are looked for as they are read.
  const [stretch, ...others] = stretches(words);
  const reading = stretch?.map(({ surface }) => surface).join('') ?? '';
  if (others.length === 0 && reading.length > 1 && kana.test(reading) && !parts.has(reading))
    parts.set(reading, { text: reading });
  return {
    terms: [...new Set(words.flatMap((word) => (word === fragment ? [] : (word.term ?? []))))],
    ...(typing !== undefined && typing !== fragment && { prefix: typing.surface }),
    parts: [...parts.values()],
  };
};
