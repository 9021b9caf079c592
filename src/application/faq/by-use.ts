import type { FaqHit } from '../ports/faq-search.js';
import type { FaqUse } from '../ports/faq-use.js';

/** The hits, most used first; of equally used ones the better first, as they came. */
export const byUse = async (hits: ReadonlyArray<FaqHit>, use: FaqUse): Promise<ReadonlyArray<FaqHit>> => {
  const uses = new Map((await use.ofArticles(hits.map(({ id }) => id))).map(({ id, used }) => [id, used]));
  return hits.toSorted((a, b) => (uses.get(b.id) ?? 0) - (uses.get(a.id) ?? 0));
};
