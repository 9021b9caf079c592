import { isRight } from 'fp-ts/lib/Either.js';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import { projected, type Projection } from '../../src/application/projections/projection.js';

/** What the documents are by definition: the events folded, one after another. */
export const folded = (
  { events: definitions, ...projection }: Projection,
  events: ReadonlyArray<RecordedEvent>,
): Record<string, unknown> => {
  const documents = new Map<string, unknown>();
  for (const recorded of events) {
    const event = projected(definitions, recorded);
    if (!isRight(event)) continue;
    for (const key of projection.keys(event.right)) {
      const document = projection.apply(documents.get(key), event.right, key);
      if (document === undefined) documents.delete(key);
      else documents.set(key, document);
    }
  }
  return Object.fromEntries(documents);
};
