/** An answer does not hold what was asked for; the message says what is wrong, without any value. */
export class BadAnswer extends Error {}

/** The vectors of an answer, made to have length 1, in the order of the texts, of which there were `count`. */
export const vectorsIn = (body: string, count: number): ReadonlyArray<Float32Array> => {
  const items = dataOf(body);
  if (items.length !== count) throw new BadAnswer('another number of vectors than of texts');
  const vectors: Float32Array[] = [];
  for (const item of items) {
    const { index, embedding } = (item ?? {}) as { readonly index?: unknown; readonly embedding?: unknown };
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count)
      throw new BadAnswer('a vector of no text');
    if (vectors[index as number] !== undefined) throw new BadAnswer('two vectors of one text');
    vectors[index as number] = normalised(numbersOf(embedding));
  }
  if (vectors.some(({ length }) => length !== vectors[0]!.length)) throw new BadAnswer('vectors of several lengths');
  return vectors;
};

const dataOf = (body: string): ReadonlyArray<unknown> => {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    // The parser's message quotes what it read.
    throw new BadAnswer('no JSON');
  }
  const data = (answer as { readonly data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw new BadAnswer('no list of vectors');
  return data;
};

/** Numbers, or base64 of 32-bit ones, little-endian. */
const numbersOf = (embedding: unknown): Float32Array => {
  if (Array.isArray(embedding) && embedding.every((each) => typeof each === 'number'))
    return Float32Array.from(embedding);
  if (typeof embedding !== 'string') throw new BadAnswer('a vector that is none');
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length % 4 !== 0) throw new BadAnswer('a vector of broken numbers');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
};

const normalised = (vector: Float32Array): Float32Array => {
  const length = Math.sqrt(vector.reduce((sum, each) => sum + each * each, 0));
  if (!Number.isFinite(length) || length === 0) throw new BadAnswer('a vector without a direction');
  return vector.map((each) => each / length);
};
