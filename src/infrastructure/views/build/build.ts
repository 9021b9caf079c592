import type { Position, ReadAllOptions, RecordedEvent } from '../../../application/ports/event-store.js';
import type { PoisonedBy, ViewName } from '../../../application/ports/views.js';
import type { Instant } from '../../../domain/kernel/time.js';

/** All events in order, as the EventStore port reads them. */
export interface EventReader {
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  head(): Promise<Position>;
}

/** What is built: documents and the position that they stand at, kept together. */
export interface BuildTarget {
  readonly types: ReadonlyArray<string>;
  /** Events at a time: large enough that the cost of a write is shared, small enough that little is lost to a crash. */
  readonly batch: number;
  readonly position: Position | undefined;
  /** Events taken in, all told. */
  readonly events: number;
  /** Takes in what it has not had, then stands at `upTo`; or stops before the event that it cannot read. */
  take(events: ReadonlyArray<RecordedEvent>, upTo: Position): PoisonedBy | undefined | Promise<PoisonedBy | undefined>;
  /** Once, when it has caught up. */
  optimise(): void | Promise<void>;
}

/** What is done so far: events that the view handles, and when the last of them was recorded. */
export interface BuildProgress {
  readonly done: number;
  readonly reached: Instant;
}

/**
 * Builds a view into a target, a file or an index, from where it stands. Resolves when it has caught up with the head,
 * or with the event that it cannot read; rejects on an outage and when aborted. Then the target is closed.
 */
export type BuildView = (
  view: ViewName,
  target: string,
  onProgress: (progress: BuildProgress) => void,
  signal: AbortSignal,
) => Promise<PoisonedBy | undefined>;

/**
 * Reads all events that the target lacks, until fewer than a batch came while it read the ones before. A cluster takes a
 * batch in while the next one is read.
 */
export const build = async (
  target: BuildTarget,
  reader: EventReader,
  onProgress: (progress: BuildProgress) => void,
): Promise<PoisonedBy | undefined> => {
  const { types, batch: size } = target;
  const take = async (batch: ReadonlyArray<RecordedEvent>, upTo: Position): Promise<PoisonedBy | undefined> => {
    const poisonedBy = await target.take(batch, upTo);
    const last = batch.at(-1);
    if (poisonedBy === undefined && last !== undefined) onProgress({ done: target.events, reached: last.recordedAt });
    return poisonedBy;
  };
  for (let read = size; read >= size;) {
    // Where the view stands after this pass, even if nothing of its own lies before it.
    const head = await reader.head();
    let batch: RecordedEvent[] = [];
    let taking: Promise<PoisonedBy | undefined> = Promise.resolve(undefined);
    read = 0;
    for await (const event of reader.readAll({ ...from(target.position), filter: { types } })) {
      read++;
      batch.push(event);
      if (batch.length < size) continue;
      const poisonedBy = await taking;
      if (poisonedBy !== undefined) return poisonedBy;
      taking = take(batch, event.position);
      // It is awaited before the next one; until then nobody else is to be told.
      taking.catch(() => undefined);
      batch = [];
    }
    const poisonedBy = (await taking) ?? (await take(batch, head));
    if (poisonedBy !== undefined) return poisonedBy;
  }
  await target.optimise();
  return undefined;
};

const from = (position: Position | undefined) => (position === undefined ? {} : { from: position });
