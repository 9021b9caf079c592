import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Config } from '../../src/infrastructure/config.js';
import { mean, measure } from './metrics.js';
import { openProduct, type Product } from './product.js';
import { progress, tell } from './progress.js';
import type { Result } from './report.js';
import type { Trial } from './trial.js';

const LIMIT = 10;
/** How long a query that was answered by words alone is asked again: longer than an endpoint that failed is left alone. */
const AGAIN_MS = 20_000;
const PAUSE_MS = 250;
/** So many queries may wait so long in vain. */
const PATIENCE = 3;

/** Imports the articles, waits until they are found, and asks every query, one after the other. */
export const measureEngine = async (
  name: string,
  trial: Trial,
  config: Config,
  signal: AbortSignal,
): Promise<Result> => {
  await using product = await openProduct(config);
  const { articles, documents, queries } = trial;
  const ids = await product.import(articles, progress(`${name}: articles imported`, articles.length), signal);
  await product.caughtUp(signal);
  await product.embedded(articles.length, progress(`${name}: vectors made`, 2 * articles.length), signal);
  const documentOf = new Map(ids.map((id, i) => [id, documents[i]!]));
  const asking = new Asking(product, config.embeddings !== undefined, signal);

  // The first search warms up what all the others find warm.
  await product.search(queries[0]!.text, LIMIT);
  const asked = progress(`${name}: queries asked`, queries.length);
  const measures = [];
  for (const { text, judged } of queries) {
    const found = (await asking.ask(text)).map((id) => documentOf.get(id)!);
    measures.push(measure(found, judged));
    asked(measures.length);
  }
  if (asking.again > 0)
    tell(
      `warning: ${name}: ${asking.again} queries were answered by words alone, as no vector came in time; ` +
        `asked again, ${asking.inVain} of them never were otherwise`,
    );
  return { engine: name, measures: mean(measures), times: asking.times };
};

/**
 * Asks one query after the other. Where search by meaning is measured, a query that an endpoint was too slow for is asked
 * again: how good the hits are is one question, how fast they come another, which the first time answers.
 */
class Asking {
  /** Of each query's first answer, in milliseconds. */
  readonly times: number[] = [];
  again = 0;
  inVain = 0;

  constructor(
    private readonly product: Product,
    private readonly byMeaning: boolean,
    private readonly signal: AbortSignal,
  ) {}

  async ask(text: string): Promise<ReadonlyArray<string>> {
    // The embedded engine would leave Ctrl-C no turn.
    await setImmediate();
    this.signal.throwIfAborted();
    const began = performance.now();
    let { items, ranking } = await this.product.search(text, LIMIT);
    this.times.push(performance.now() - began);
    const byWords = () => this.byMeaning && ranking === 'lexical' && items.length > 0;
    if (!byWords()) return items.map(({ id }) => id);
    this.again++;
    const until = performance.now() + (this.inVain < PATIENCE ? AGAIN_MS : 0);
    while (byWords() && performance.now() < until) {
      await setTimeout(PAUSE_MS, undefined, { signal: this.signal });
      ({ items, ranking } = await this.product.search(text, LIMIT));
    }
    if (byWords()) this.inVain++;
    return items.map(({ id }) => id);
  }
}
