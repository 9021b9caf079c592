import { once } from 'node:events';
import { Embeddings, EmbeddingsUnavailable, type EmbeddedAs } from '../../src/application/ports/embeddings.js';

/** Embeddings that a test tells: a vector for each text, nothing, or no answer at all. */
export class ToldEmbeddings extends Embeddings {
  readonly asked: Array<{ readonly text: string; readonly as: EmbeddedAs }> = [];
  state: 'well' | 'down' | 'silent' = 'well';

  constructor(
    private readonly vectorOf: (text: string) => ReadonlyArray<number>,
    override readonly model = 'model',
  ) {
    super();
  }

  override async embed(texts: ReadonlyArray<string>, as: EmbeddedAs, signal: AbortSignal) {
    this.asked.push(...texts.map((text) => ({ text, as })));
    if (this.state === 'silent' && !signal.aborted) await once(signal, 'abort');
    if (this.state !== 'well') throw new EmbeddingsUnavailable('as told');
    return texts.map((text) => {
      const vector = this.vectorOf(text);
      return Float32Array.from(vector, (each) => each / Math.hypot(...vector));
    });
  }

  override usage() {
    return { calls: this.asked.length, failures: 0 };
  }
}
