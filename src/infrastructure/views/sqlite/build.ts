import type { Position, ReadAllOptions, RecordedEvent } from '../../../application/ports/event-store.js';
import type { PoisonedBy, ViewName } from '../../../application/ports/views.js';
import type { Instant } from '../../../domain/kernel/time.js';
import type { Generation } from './generation.js';

/** All events in order, as the EventStore port reads them. */
export interface EventReader {
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  head(): Promise<Position>;
}

/** What is done so far: events that the view handles, and when the last of them was recorded. */
export interface BuildProgress {
  readonly done: number;
  readonly reached: Instant;
}

/**
 * Builds a view into a file, from where the file stands. Resolves when it has caught up with the head, or with the
 * event that it cannot read; rejects on an outage and when aborted. Then the file is closed.
 */
export type BuildView = (
  view: ViewName,
  file: string,
  onProgress: (progress: BuildProgress) => void,
  signal: AbortSignal,
) => Promise<PoisonedBy | undefined>;

/** Events in one transaction: large enough that its cost is shared, small enough that little is lost to a crash. */
const BATCH = 500;

/** Reads all events that the generation lacks, until fewer than a batch came while it read the ones before. */
export const build = async (
  generation: Generation,
  reader: EventReader,
  onProgress: (progress: BuildProgress) => void,
): Promise<PoisonedBy | undefined> => {
  const types = generation.view.projection.events.map(({ type }) => type);
  for (let read = BATCH; read >= BATCH;) {
    // Where the view stands after this pass, even if nothing of its own lies before it.
    const head = await reader.head();
    let batch: RecordedEvent[] = [];
    read = 0;
    for await (const event of reader.readAll({ ...from(generation.position), filter: { types } })) {
      read++;
      batch.push(event);
      if (batch.length < BATCH) continue;
      const poisonedBy = generation.take(batch, event.position);
      if (poisonedBy !== undefined) return poisonedBy;
      onProgress({ done: generation.events, reached: event.recordedAt });
      batch = [];
    }
    const poisonedBy = generation.take(batch, head);
    if (poisonedBy !== undefined) return poisonedBy;
    const last = batch.at(-1);
    if (last !== undefined) onProgress({ done: generation.events, reached: last.recordedAt });
  }
  generation.optimise();
  return undefined;
};

const from = (position: Position | undefined) => (position === undefined ? {} : { from: position });
