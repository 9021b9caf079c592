import type { Word } from './analysis.js';

/** A reading or term that is the surface again, which most are. */
const AS_WRITTEN = '';
const NONE = '-';

/**
 * Words on one line, in a quarter of the room that JSON takes: of each the characters since the one before, its length,
 * surface, reading and term. All of these are letters, marks and digits, so that no separator needs an escape.
 */
export const storedWords = (words: ReadonlyArray<Word>): string => {
  let at = 0;
  return words
    .map(({ start, end, surface, reading, term = NONE }) => {
      const gap = start - at;
      at = end;
      const unlessWritten = (text: string) => (text === surface ? AS_WRITTEN : text === '' ? NONE : text);
      return [gap, end - start, surface, unlessWritten(reading), unlessWritten(term)].join(',');
    })
    .join(' ');
};

export const wordsOf = (stored: string): ReadonlyArray<Word> => {
  if (stored === '') return [];
  let at = 0;
  return stored.split(' ').map((word) => {
    const [gap, length, surface, reading, term] = word.split(',') as [string, string, string, string, string];
    const start = at + Number(gap);
    at = start + Number(length);
    const orWritten = (text: string) => (text === AS_WRITTEN ? surface : text);
    return {
      start,
      end: at,
      surface,
      reading: reading === NONE ? '' : orWritten(reading),
      ...(term !== NONE && { term: orWritten(term) }),
    };
  });
};
