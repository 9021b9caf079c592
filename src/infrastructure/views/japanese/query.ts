import type { Dictionary } from '../../../application/ports/search-dictionary.js';
import { analyse, stretches, type Word } from './analysis.js';
import { QueryDictionary, type Expression } from './query-dictionary.js';

/** A part of a word as it is written or read. */
export interface Part {
  readonly text: string;
  /** The term that it is the surface of. */
  readonly term?: string;
}

/** Words to look for, in the forms in which engines do. */
export interface Wording {
  /** As written, for an engine that analyses it itself; may be empty. */
  readonly text: string;
  /** Base forms, in their order. */
  readonly terms: ReadonlyArray<string>;
  readonly parts: ReadonlyArray<Part>;
}

/**
 * Words of the query that are an expression of the search dictionary. An article counts for them what the best of
 * `written` and the alternatives counts, not their sum; without a dictionary `written` would stand in the query itself.
 */
export interface Concept {
  /** Any of it is enough, as of the query. */
  readonly written: Wording;
  /** Each counts as one term, where all of its terms stand side by side; times `SYNONYM_WEIGHT`. */
  readonly alternatives: ReadonlyArray<Wording>;
}

/** What the citizen said comes before what the city says for it, other things being equal. */
export const SYNONYM_WEIGHT = 0.9;

/**
 * What a citizen's words, or what is typed of them so far, look for; any of it is enough. The wording is what stop words
 * and concepts leave of them, which may be nothing.
 */
export interface JapaneseQuery extends Wording {
  /** How the word that is being typed begins. */
  readonly prefix?: string;
  readonly concepts: ReadonlyArray<Concept>;
}

const kana = /^[\p{Script=Hiragana}ー]+$/u;
const nothing: Dictionary = { synonyms: [], stopWords: [] };

/** Any string; `unfinished`: its last word may be. */
export const parseQuery = (text: string, unfinished: boolean, dictionary: Dictionary = nothing): JapaneseQuery => {
  const words = analyse(text);
  const last = words.at(-1);
  const typing = unfinished && last?.end === text.length ? last : undefined;
  // 粗大ご is cut into 粗大 and ご until it is whole: what is typed may go on the word before it.
  const before = words.at(-2);
  const goesOn = typing !== undefined && before?.term !== undefined && before.end === typing.start;
  const joined = goesOn ? before.surface + typing.surface : undefined;
  // A single kana that goes on a word says nothing by itself: every word that begins with it would be a hit.
  const fragment = goesOn && kana.test(typing.surface) && typing.surface.length === 1 ? typing : undefined;

  const known = QueryDictionary.of(dictionary);
  const synonyms = known.synonyms(words);
  const inConcepts = new Set(synonyms.flatMap(({ from, to }) => words.slice(from, to)));
  const stopped = known.stopped(words);
  const others = words.filter((word) => !inConcepts.has(word));
  const telling = others.filter((word) => !stopped.has(word));
  // A query of nothing but stop words is taken at its word.
  const says = inConcepts.size > 0 || telling.some((word) => word.term !== undefined && word !== fragment);
  const sought = says ? telling : others;

  const partsOf = (some: ReadonlyArray<Word>) =>
    new Map(
      some.flatMap((word): ReadonlyArray<[string, Part]> => {
        const { surface, term } = word;
        // A single character is a part only while it is typed, and only if it says something.
        const long = Array.from(surface).length > 1;
        const isPart = term !== undefined && (long || (word === typing && !kana.test(surface)));
        return isPart ? [[surface, { text: surface, term }]] : [];
      }),
    );
  // Kana that are not yet kanji are cut into words that nobody meant: they are looked for as they are read.
  const [stretch, ...further] = stretches(words);
  const reading = stretch?.map(({ surface }) => surface).join('') ?? '';
  const addReading = (parts: Map<string, Part>) => {
    if (further.length === 0 && reading.length > 1 && kana.test(reading) && !parts.has(reading))
      parts.set(reading, { text: reading });
  };
  const termsOf = (some: ReadonlyArray<Word>) => [
    ...new Set(some.flatMap((word) => (word === fragment ? [] : (word.term ?? [])))),
  ];

  const concepts = synonyms.map(({ from, to, alternatives }): Concept => {
    const said = words.slice(from, to);
    const written = text.slice(said[0]!.start, said.at(-1)!.end);
    const parts = partsOf(said);
    if (said.length === words.length) addReading(parts);
    return {
      written: { text: written, terms: termsOf(said), parts: [...parts.values()] },
      alternatives: alternatives.flatMap(wordingsOf),
    };
  });
  const parts = partsOf(sought);
  if (joined !== undefined && sought.includes(typing!)) parts.set(joined, { text: joined, term: joined });
  if (!synonyms.some(({ from, to }) => to - from === words.length)) addReading(parts);
  const begun = typing !== undefined && typing !== fragment && sought.includes(typing);
  return {
    text: textOf(text, words, new Set(sought)),
    terms: termsOf(sought),
    ...(begun && { prefix: typing.surface }),
    parts: [...parts.values()],
    concepts,
  };
};

/** An expression of several terms is also looked for as one word, since a longer word may hold it: the better counts. */
const wordingsOf = ({ text, surface, words }: Expression): ReadonlyArray<Wording> => {
  const terms = words.flatMap(({ term }) => term ?? []);
  const asWord = (term: string) => ({
    terms: [term],
    parts: Array.from(surface).length > 1 ? [{ text: surface, term }] : [],
  });
  if (terms.length < 2) return [{ text, ...asWord(terms[0] ?? surface) }];
  return [
    { text, terms, parts: [] },
    { text: '', ...asWord(surface) },
  ];
};

/** The text without the words that are not sought, and without the grammar that hangs on them. */
const textOf = (text: string, words: ReadonlyArray<Word>, sought: ReadonlySet<Word>): string => {
  let kept = '';
  let at = 0;
  for (const word of words) {
    const hangsOn = at > 0 && at === word.start && word.term === undefined;
    if (sought.has(word) && !hangsOn) continue;
    kept += `${text.slice(at, word.start)} `;
    at = word.end;
  }
  return (kept + text.slice(at)).trim();
};
