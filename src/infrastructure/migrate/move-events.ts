import { createHash } from 'node:crypto';
import type { RecordedEvent } from '../../application/ports/event-store.js';
import type { Instant } from '../../domain/kernel/time.js';
import type { TransferableStore } from '../event-store/store-transfer.js';

/** How far a step has come; `reached`: when the last event done was recorded. */
export interface MoveProgress {
  readonly step: 'comparing' | 'copying' | 'verifying';
  readonly events: number;
  readonly reached: Instant;
}

export interface Moved {
  readonly events: number;
  /** SHA-256 over all events as both stores hold them, in order: hex. */
  readonly digest: string;
}

/** The target holds something that the source does not hold in this place. */
export class TargetDiffers extends Error {
  constructor(place: number) {
    super(`the target holds other events than the source (number ${place + 1} in order): it must be empty or a copy`);
  }
}

/** Events held in memory on their way. */
const AT_A_TIME = 500;

/**
 * Brings the target to hold what the source holds: events that it has already are compared, the others copied in order,
 * then both are read once more and compared whole. Broken off, it goes on where it stood. Throws `TargetDiffers`.
 */
export const moveEvents = async (
  source: TransferableStore,
  target: TransferableStore,
  tell: (progress: MoveProgress) => void,
): Promise<Moved> => {
  await copyMissing(source, target, tell);
  return verify(source, target, tell);
};

const copyMissing = async (
  source: TransferableStore,
  target: TransferableStore,
  tell: (progress: MoveProgress) => void,
): Promise<void> => {
  const standing = target.readAll()[Symbol.asyncIterator]();
  let there = await standing.next();
  let events = 0;
  let batch: RecordedEvent[] = [];
  const copy = async () => {
    await target.takeOver(batch);
    batch = [];
  };
  for await (const event of source.readAll()) {
    if (there.done !== true) {
      if (digestOf(there.value) !== digestOf(event)) throw new TargetDiffers(events);
      there = await standing.next();
      tell({ step: 'comparing', events: ++events, reached: event.recordedAt });
      continue;
    }
    batch.push(event);
    events++;
    if (batch.length < AT_A_TIME) continue;
    await copy();
    tell({ step: 'copying', events, reached: event.recordedAt });
  }
  if (there.done !== true) throw new TargetDiffers(events);
  await copy();
};

const verify = async (
  source: TransferableStore,
  target: TransferableStore,
  tell: (progress: MoveProgress) => void,
): Promise<Moved> => {
  const copies = target.readAll()[Symbol.asyncIterator]();
  const digest = createHash('sha256');
  let events = 0;
  for await (const event of source.readAll()) {
    const copied = await copies.next();
    const own = digestOf(event);
    if (copied.done === true || digestOf(copied.value) !== own) throw new TargetDiffers(events);
    digest.update(own);
    tell({ step: 'verifying', events: ++events, reached: event.recordedAt });
  }
  if ((await copies.next()).done !== true) throw new TargetDiffers(events);
  return { events, digest: digest.digest('hex') };
};

/** Of everything about an event but its position, which is each store's own. */
const digestOf = ({ id, stream, revision, type, content, metadata, recordedAt }: RecordedEvent): string =>
  createHash('sha256')
    .update(JSON.stringify([stream, revision, id, type, content, metadata, recordedAt]))
    .digest('hex');
