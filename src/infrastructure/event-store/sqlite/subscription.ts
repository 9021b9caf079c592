import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch, SubscribeOptions } from '../../../application/ports/event-store.js';
import type { SqliteEventReader } from './sqlite-event-reader.js';

/** Called after each commit that stored something. */
export type CommitListeners = Set<() => void>;

/**
 * Reads batches until it reaches the head, then one after each commit. The consumer pulls: while it is busy nothing is
 * read, and what was committed meanwhile comes with the next batches.
 */
export async function* subscription(
  reader: SqliteEventReader,
  commits: CommitListeners,
  { from, filter = {}, signal }: SubscribeOptions,
): AsyncGenerator<Batch> {
  let woken = Promise.withResolvers<void>();
  const wake = () => woken.resolve();
  signal.addEventListener('abort', wake);
  commits.add(wake);
  try {
    let after = reader.row(from);
    for (let first = true; !signal.aborted; first = false) {
      // Before the read: a commit that comes after it must not be missed.
      woken = Promise.withResolvers();
      const { reached, ...batch } = reader.batch(after, filter);
      if (reached > after || first) yield batch;
      after = reached;
      await (batch.live ? woken.promise : nextTurn());
    }
  } finally {
    signal.removeEventListener('abort', wake);
    commits.delete(wake);
  }
}
