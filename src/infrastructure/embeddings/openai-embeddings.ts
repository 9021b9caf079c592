import {
  Embeddings,
  EmbeddingsUnavailable,
  TextsRefused,
  type EmbeddedAs,
  type EmbeddingsUsage,
} from '../../application/ports/embeddings.js';
import type { EmbeddingsConfig } from '../config.js';
import { AnswerTooLong, Poster } from './post.js';
import { BadAnswer, vectorsIn } from './vectors-in-answer.js';

/** Of one request; every server takes so much. */
const CHARACTERS_TOGETHER = 16_000;
const TEXTS_TOGETHER = 256;

/** Bad request, too large, unprocessable: what is sent is at fault, and not when. */
const REFUSALS = [400, 413, 422];

/** Models whose name says e5 were trained with these words before each text, and are much worse without. */
const prefixOf = (model: string, as: EmbeddedAs): string => (/e5/i.test(model) ? `${as}: ` : '');

/** Embeddings of an endpoint that speaks the API of OpenAI, whoever runs it. */
export class OpenAiEmbeddings extends Embeddings {
  readonly model: string;
  readonly #poster: Poster;
  readonly #headers: Readonly<Record<string, string>>;
  /** Until the endpoint refuses that: a third of the bytes, and read in no time. */
  #inBase64 = true;
  #dimensions: number | undefined;
  #calls = 0;
  #failures = 0;

  constructor({ url, model, apiKey }: EmbeddingsConfig) {
    super();
    this.model = model;
    this.#poster = new Poster(new URL(`${url.replace(/\/+$/, '')}/embeddings`));
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  }

  override async embed(
    texts: ReadonlyArray<string>,
    as: EmbeddedAs,
    signal: AbortSignal,
  ): Promise<ReadonlyArray<Float32Array>> {
    const prefix = prefixOf(this.model, as);
    const vectors: Float32Array[] = [];
    for (const batch of batchesOf(texts.map((text) => prefix + text.toWellFormed())))
      vectors.push(...(await this.#counted(() => this.#ask(batch, signal), signal)));
    return vectors;
  }

  override usage(): EmbeddingsUsage {
    return { calls: this.#calls, failures: this.#failures };
  }

  close(): void {
    this.#poster.close();
  }

  async #counted<A>(call: () => Promise<A>, signal: AbortSignal): Promise<A> {
    this.#calls++;
    try {
      return await call();
    } catch (error) {
      this.#failures++;
      // What the client or the parser says may repeat what was sent.
      throw error instanceof EmbeddingsUnavailable ? error : new EmbeddingsUnavailable(reasonOf(error, signal));
    }
  }

  async #ask(input: ReadonlyArray<string>, signal: AbortSignal): Promise<ReadonlyArray<Float32Array>> {
    if (!this.#inBase64) return this.#send({ input }, signal);
    try {
      return await this.#send({ input, encoding_format: 'base64' }, signal);
    } catch (error) {
      if (!(error instanceof TextsRefused)) throw error;
      const vectors = await this.#send({ input }, signal);
      this.#inBase64 = false;
      return vectors;
    }
  }

  async #send(
    asked: { readonly input: ReadonlyArray<string>; readonly encoding_format?: 'base64' },
    signal: AbortSignal,
  ): Promise<ReadonlyArray<Float32Array>> {
    const request = JSON.stringify({ model: this.model, ...asked });
    const { status, body } = await this.#poster.post(request, this.#headers, signal);
    if (REFUSALS.includes(status)) throw new TextsRefused(`status ${status}`);
    if (status !== 200) throw new EmbeddingsUnavailable(`status ${status}`);
    return this.#checked(vectorsIn(body, asked.input.length));
  }

  #checked(vectors: ReadonlyArray<Float32Array>): ReadonlyArray<Float32Array> {
    const { length } = vectors[0]!;
    if (length !== (this.#dimensions ??= length)) throw new BadAnswer('vectors of another length than before');
    return vectors;
  }
}

const batchesOf = (texts: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const batches: string[][] = [];
  let room = 0;
  for (const text of texts) {
    if (text.length > room || batches.at(-1)?.length === TEXTS_TOGETHER) {
      batches.push([]);
      room = CHARACTERS_TOGETHER;
    }
    batches.at(-1)!.push(text);
    room -= text.length;
  }
  return batches;
};

const reasonOf = (error: unknown, signal: AbortSignal): string => {
  if (signal.aborted) return (signal.reason as Error).name === 'TimeoutError' ? 'no answer in time' : 'broken off';
  if (error instanceof BadAnswer) return `its answer is wrong: ${error.message}`;
  if (error instanceof AnswerTooLong) return 'its answer is too long';
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : typeof error);
};
