import { TextsRefused, type Embeddings } from '../../application/ports/embeddings.js';
import { meanOf } from './mean.js';

/** About what models of the e5 kind read at once; some servers cut the rest off, others refuse it. */
const WINDOW = 800;
const FEWEST_CHARACTERS = 200;
const MOST_CHARACTERS = 20_000;
/** A citizen's query may have to wait behind a request of ours: none is meant to take longer. */
const REQUEST_MS = 100;
const TIMEOUT_MS = 120_000;
/** An endpoint that refuses this one too takes nothing at all now. */
const HARMLESS = '窓口';

/**
 * Vectors of texts of any length: a long one's is the mean of its windows'. One request after the other, and short ones.
 * What an endpoint that takes others refuses to the last part has none.
 */
export class PassageVectors {
  /** Of one request, as many as the endpoint proves to be fast enough for. */
  #characters = FEWEST_CHARACTERS;

  constructor(private readonly embeddings: Embeddings) {}

  /** How many characters are best asked for next. */
  get room(): number {
    return this.#characters;
  }

  /** In the same order. Throws `EmbeddingsUnavailable`. */
  async of(texts: ReadonlyArray<string>, signal: AbortSignal): Promise<ReadonlyArray<Float32Array | undefined>> {
    const windows = texts.map(windowsOf);
    const all = windows.flat();
    const vectors: Array<Float32Array | undefined> = [];
    while (vectors.length < all.length) {
      const some = this.#fitting(all.slice(vectors.length));
      const began = performance.now();
      vectors.push(...(await this.#embed(some, signal)));
      const characters = (some.join('').length * REQUEST_MS) / (performance.now() - began);
      // An endpoint is not taken to be much faster than it has shown.
      const next = Math.min(characters, 2 * this.#characters, MOST_CHARACTERS);
      this.#characters = Math.max(next, FEWEST_CHARACTERS);
    }
    return windows.map(({ length }) => directionOf(vectors.splice(0, length)));
  }

  #fitting(texts: ReadonlyArray<string>): ReadonlyArray<string> {
    let room = this.#characters;
    const end = texts.findIndex((text) => (room -= text.length) < 0);
    return end < 0 ? texts : texts.slice(0, Math.max(1, end));
  }

  /** Texts that are refused together are sent one by one, and one that is refused in halves. */
  async #embed(texts: ReadonlyArray<string>, signal: AbortSignal): Promise<ReadonlyArray<Float32Array | undefined>> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      return await this.embeddings.embed(texts, 'passage', inTime);
    } catch (error) {
      if (!(error instanceof TextsRefused)) throw error;
      const [text] = texts as [string];
      if (texts.length === 1 && text.length < FEWEST_CHARACTERS) {
        await this.embeddings.embed([HARMLESS], 'passage', inTime);
        return [undefined];
      }
      const vectors: Array<Float32Array | undefined> = [];
      const parts = texts.length === 1 ? [text.slice(0, text.length / 2), text.slice(text.length / 2)] : texts;
      for (const part of parts) vectors.push(...(await this.#embed([part], signal)));
      return texts.length === 1 ? [directionOf(vectors)] : vectors;
    }
  }
}

const windowsOf = (text: string): ReadonlyArray<string> =>
  Array.from({ length: Math.max(1, Math.ceil(text.length / WINDOW)) }, (_, i) =>
    text.slice(i * WINDOW, (i + 1) * WINDOW),
  );

const directionOf = (all: ReadonlyArray<Float32Array | undefined>): Float32Array | undefined => {
  const vectors = all.filter((vector) => vector !== undefined);
  if (vectors.length < 2) return vectors[0];
  const mean = meanOf(vectors);
  const length = Math.sqrt(mean.reduce((sum, each) => sum + each * each, 0));
  return mean.map((each) => each / length);
};
