import type { Dictionary } from '../../../application/ports/search-dictionary.js';
import type { SynonymGroup } from '../../../domain/search-dictionary/events.js';
import { analyse, type Word } from './analysis.js';

/** An expression of the dictionary, cut as a query is cut. */
export interface Expression {
  readonly text: string;
  readonly words: ReadonlyArray<Word>;
  /** As written, without what stands between the words; by base forms; as read. */
  readonly surface: string;
  readonly form: string;
  readonly reading: string;
}

/** Words `from` up to, without, `to` of a query, and what else may be said for them. */
export interface Synonymous {
  readonly from: number;
  readonly to: number;
  readonly alternatives: ReadonlyArray<Expression>;
}

interface AnalysedGroup {
  readonly expressions: ReadonlyArray<Expression>;
  /** Those that stand for the others. */
  readonly sources: ReadonlyArray<Expression>;
}

const surfaceOf = ({ surface }: Word) => surface;
const formOf = ({ term, surface }: Word) => term ?? surface;
const readingOf = ({ reading }: Word) => reading;
const joined = (words: ReadonlyArray<Word>, spelling: (word: Word) => string) => words.map(spelling).join('');

const expressionOf = (text: string): Expression => {
  const words = analyse(text);
  const [surface, form, reading] = [surfaceOf, formOf, readingOf].map((spelling) => joined(words, spelling));
  return { text, words, surface: surface!, form: form!, reading: reading! };
};

const kana = /^[\p{Script=Hiragana}ー]+$/u;

/** What of a query the dictionary knows: longest expressions first, however inflected, in either kana. */
export class QueryDictionary {
  readonly #groups = new Map<string, AnalysedGroup[]>();
  readonly #byReading = new Map<string, AnalysedGroup[]>();
  readonly #stopWords = new Set<string>();
  #longest = 0;
  #longestStopWord = 0;

  private constructor({ synonyms, stopWords }: Dictionary) {
    for (const group of synonyms.map(analysed))
      for (const { surface, form, reading } of group.sources) {
        for (const key of new Set([surface, form])) {
          this.#groups.set(key, [...(this.#groups.get(key) ?? []), group]);
          this.#longest = Math.max(this.#longest, key.length);
        }
        this.#byReading.set(reading, [...(this.#byReading.get(reading) ?? []), group]);
      }
    for (const { surface, form } of stopWords.map(expressionOf))
      for (const key of [surface, form]) {
        this.#stopWords.add(key);
        this.#longestStopWord = Math.max(this.#longestStopWord, key.length);
      }
  }

  /** Made once for each dictionary; a group is analysed once, however often others are edited. */
  static of(dictionary: Dictionary): QueryDictionary {
    const known = made.get(dictionary) ?? new QueryDictionary(dictionary);
    made.set(dictionary, known);
    return known;
  }

  /** In order, none over another. */
  synonyms(words: ReadonlyArray<Word>): ReadonlyArray<Synonymous> {
    const whole = joined(words, surfaceOf);
    // Kana that are not yet kanji are cut into words that nobody meant: they are compared as they are read.
    const read = kana.test(whole) && !this.#groups.has(whole) ? this.#byReading.get(whole) : undefined;
    if (read !== undefined) return [{ from: 0, to: words.length, alternatives: others(read, whole, whole) }];
    return longestFirst(words, this.#longest, (surface, form) => {
      const groups = [...new Set([...(this.#groups.get(surface) ?? []), ...(this.#groups.get(form) ?? [])])];
      return groups.length === 0 ? undefined : others(groups, surface, form);
    }).map(({ from, to, found }) => ({ from, to, alternatives: found }));
  }

  /** The words that are stop words or stand in one of several words. */
  stopped(words: ReadonlyArray<Word>): ReadonlySet<Word> {
    const found = longestFirst(words, this.#longestStopWord, (surface, form) =>
      this.#stopWords.has(surface) || this.#stopWords.has(form) ? true : undefined,
    );
    return new Set(found.flatMap(({ from, to }) => words.slice(from, to)));
  }
}

const made = new WeakMap<Dictionary, QueryDictionary>();
const analyses = new WeakMap<SynonymGroup, AnalysedGroup>();

const analysed = (group: SynonymGroup): AnalysedGroup => {
  const known = analyses.get(group);
  if (known !== undefined) return known;
  const expressions = group.expressions.map(expressionOf);
  const made = { expressions, sources: group.oneWay === true ? expressions.slice(0, 1) : expressions };
  analyses.set(group, made);
  return made;
};

/** The expressions of some groups, each once, without what was said already. */
const others = (groups: ReadonlyArray<AnalysedGroup>, surface: string, form: string): ReadonlyArray<Expression> => {
  const found = new Map(groups.flatMap(({ expressions }) => expressions.map((each) => [each.surface, each] as const)));
  return [...found.values()].filter((each) => each.surface !== surface && each.form !== form);
};

/** What is found of a text's words, read from the left, at each place the longest run of at most so many characters. */
const longestFirst = <A>(
  words: ReadonlyArray<Word>,
  longest: number,
  look: (surface: string, form: string) => A | undefined,
): ReadonlyArray<{ readonly from: number; readonly to: number; readonly found: A }> => {
  const all: Array<{ from: number; to: number; found: A }> = [];
  for (let from = 0; from < words.length;) {
    let best: { from: number; to: number; found: A } | undefined;
    let surface = '';
    let form = '';
    for (let to = from; to < words.length && Math.min(surface.length, form.length) < longest; to++) {
      surface += surfaceOf(words[to]!);
      form += formOf(words[to]!);
      const found = look(surface, form);
      if (found !== undefined) best = { from, to: to + 1, found };
    }
    if (best !== undefined) all.push(best);
    from = best?.to ?? from + 1;
  }
  return all;
};
