/** Text in one form for search, and where each of its UTF-16 units came from in the original. */
export interface Normalised {
  readonly text: string;
  /** The original stretch of unit `i` of `text`: from `starts[i]` up to, without, `ends[i]`. */
  readonly starts: ReadonlyArray<number>;
  readonly ends: ReadonlyArray<number>;
}

// What NFKC may join to the character before it: combining marks, half-width voicing marks, Hangul vowels and finals.
const cluster = /[\s\S][\p{M}\uFF9E\uFF9F\u1160-\u11FF]*/gu;

/** Full and half width, compatibility forms and letter case made one (NFKC, lower case); lone surrogates replaced. */
export const normalise = (original: string): Normalised => {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = '';
  for (const { 0: characters, index } of original.toWellFormed().matchAll(cluster)) {
    const normal = characters.normalize('NFKC').toLowerCase();
    for (let i = 0; i < normal.length; i++) {
      starts.push(index);
      ends.push(index + characters.length);
    }
    text += normal;
  }
  return { text, starts, ends };
};

/** Katakana as hiragana, unit for unit: ゴミ and ごみ are one word to a citizen. */
export const hiragana = (text: string): string =>
  text.replace(/[\u30A1-\u30F6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
