import type { MatchedText, MatchRange } from '../../application/ports/faq-search.js';
import { stretches, type Word } from './japanese/analysis.js';
import type { JapaneseQuery } from './japanese/query.js';

const SNIPPET_LENGTH = 160;
/** What is shown before the first match of a snippet. */
const LEAD = 20;

/** Where the query is found in a text whose words are known: in order, none touching the next. */
export const matchRanges = (words: ReadonlyArray<Word>, query: JapaneseQuery): ReadonlyArray<MatchRange> => {
  const { prefix, concepts } = query;
  const written = [query, ...concepts.map((concept) => concept.written)];
  const alternatives = concepts.flatMap((concept) => concept.alternatives);
  const terms = new Set(written.flatMap((wording) => wording.terms));
  const begins = (text: string | undefined) => prefix !== undefined && text?.startsWith(prefix) === true;
  const whole = words.filter(
    ({ term, surface }) => term !== undefined && (terms.has(term) || begins(term) || begins(surface)),
  );
  const parts = new Set([...written, ...alternatives].flatMap((wording) => wording.parts.map(({ text }) => text)));
  const found = stretches(words).flatMap((stretch) => [...parts].flatMap((part) => partRanges(stretch, part)));
  const phrases = alternatives.flatMap((wording) => phraseRanges(words, wording.terms));
  return merge([...whole.map(({ start, end }) => ({ start, end })), ...phrases, ...found]);
};

/** Where terms stand side by side, grammar between them left out. */
const phraseRanges = (words: ReadonlyArray<Word>, terms: ReadonlyArray<string>): ReadonlyArray<MatchRange> => {
  const content = words.filter(({ term }) => term !== undefined);
  return content.flatMap((_, i) => {
    const said = content.slice(i, i + terms.length);
    const is = said.length === terms.length && terms.every((term, n) => said[n]!.term === term);
    return is ? said.map(({ start, end }) => ({ start, end })) : [];
  });
};

/** Where a part is written, to the character; and the words in whose reading it is found. */
const partRanges = (stretch: ReadonlyArray<Word>, part: string): ReadonlyArray<MatchRange> =>
  (['surface', 'reading'] as const).flatMap((spelling) => {
    const text = stretch.map((word) => word[spelling]).join('');
    const ranges: MatchRange[] = [];
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
      ranges.push(...covered(stretch, spelling, at, at + part.length));
    }
    return ranges;
  });

/** The original text under a stretch's spelling from `from` to `to`: word by word, as far as they can be cut. */
const covered = (stretch: ReadonlyArray<Word>, spelling: 'surface' | 'reading', from: number, to: number) => {
  const ranges: MatchRange[] = [];
  let at = 0;
  for (const word of stretch) {
    const { start, end } = word;
    const { length } = word[spelling];
    const cut = word[spelling] === word.surface && length === end - start;
    if (at < to && at + length > from) {
      ranges.push(
        cut ? { start: start + Math.max(0, from - at), end: Math.min(end, start + to - at) } : { start, end },
      );
    }
    at += length;
  }
  return ranges;
};

const merge = (ranges: ReadonlyArray<MatchRange>): ReadonlyArray<MatchRange> => {
  const merged: Array<{ start: number; end: number }> = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
};

/** The stretch of at most 160 UTF-16 units that shows most matches, with its matches. */
export const snippet = (text: string, matches: ReadonlyArray<MatchRange>): MatchedText => {
  const shownFrom = (i: number) => {
    const from = snippetStart(text, matches[i]?.start ?? 0);
    return { from, shown: matches.filter(({ start, end }) => start >= from && end <= from + SNIPPET_LENGTH) };
  };
  const best = matches
    .map((_, i) => shownFrom(i))
    .reduce((a, b) => (covers(b.shown) > covers(a.shown) ? b : a), shownFrom(0));
  const end = best.from + SNIPPET_LENGTH;
  return {
    text: text.slice(best.from, isSplit(text, end) ? end - 1 : end),
    matches: best.shown.map((range) => ({ start: range.start - best.from, end: range.end - best.from })),
  };
};

const covers = (ranges: ReadonlyArray<MatchRange>) => ranges.reduce((sum, { start, end }) => sum + end - start, 0);

/** A little before the match, or at the beginning of its sentence if that is nearer. */
const snippetStart = (text: string, match: number): number => {
  const earliest = Math.max(0, Math.min(match - LEAD, text.length - SNIPPET_LENGTH));
  const sentence = text.slice(earliest, match).search(/(?<=[。！？\n])/u);
  const from = sentence > 0 && match - LEAD > 0 ? earliest + sentence : earliest;
  return isSplit(text, from) ? from + 1 : from;
};

const isSplit = (text: string, at: number) =>
  at > 0 && at < text.length && /[\uD800-\uDBFF]/.test(text[at - 1]!) && /[\uDC00-\uDFFF]/.test(text[at]!);
