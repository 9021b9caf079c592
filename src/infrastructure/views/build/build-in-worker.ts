import { once } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { PoisonedBy } from '../../../application/ports/views.js';
import type { BuildJob, BuildMessage, EventsSource } from './build-job.js';
import type { BuildView } from './build.js';

/**
 * Builds in a thread of its own, of lower priority, that shares no file with the server but the events, which it
 * reads. `worker`: where `build-worker` is, compiled or not; `cluster`: where the indices are, if not in files.
 */
export const buildInWorker =
  (
    worker: URL,
    events: EventsSource,
    { cluster, ...options }: Pick<WorkerOptions, 'execArgv'> & Pick<BuildJob, 'cluster'> = {},
  ): BuildView =>
  async (view, target, onProgress, signal) => {
    signal.throwIfAborted();
    const workerData: BuildJob = { view, target, events, ...(cluster !== undefined && { cluster }) };
    const thread = new Worker(worker, { ...options, workerData });
    const stop = () => void thread.terminate();
    signal.addEventListener('abort', stop, { once: true });
    let ended: { readonly poisonedBy: PoisonedBy | undefined } | undefined;
    thread.on('message', (message: BuildMessage) => {
      if (message._tag === 'progress') onProgress(message.progress);
      else ended = message;
    });
    try {
      // Rejects with what the thread threw.
      await once(thread, 'exit');
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (ended === undefined) throw new Error('the build worker went away before it had ended');
    return ended.poisonedBy;
  };
