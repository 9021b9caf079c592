import type { EventStore, Position } from '../../application/ports/event-store.js';
import type { Lag } from '../../application/ports/views.js';
import { epochMs, type Instant } from '../../domain/kernel/time.js';

const COUNTED_TO = 1_000;

/** How far behind the store's head a view is that stands at a position; without one, at the beginning. */
export const lagOf = async (store: EventStore, position: Position | undefined, now: Instant): Promise<Lag> => {
  const from = position === undefined ? {} : { from: position };
  let events = 0;
  let ageMs = 0;
  for await (const { recordedAt } of store.readAll({ ...from, limit: COUNTED_TO })) {
    if (events === 0) ageMs = Math.max(0, epochMs(now) - epochMs(recordedAt));
    events++;
  }
  return { events, ageMs };
};
