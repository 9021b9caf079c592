import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { Silence } from './failures.js';

type Call = ClientReadableStream<ReadResp>;

export interface CollectOptions {
  /** The longest that the server may say nothing, unless it has nothing to say. */
  readonly silenceMs: number;
  readonly mayBeSilent?: () => boolean;
  /** Ends the call; its reason is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Takes the messages of one call until `take` answers `enough` or the call ends, and cancels it in every case: a call
 * left open counts against the hundred that a connection has.
 */
export const collect = async (
  open: () => Promise<Call>,
  take: (message: ReadResp) => 'enough' | 'more',
  { silenceMs, mayBeSilent = () => false, signal }: CollectOptions,
): Promise<void> => {
  const ended = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    if (!mayBeSilent()) ended.reject(new Silence('a read', silenceMs));
  }, silenceMs);
  const stop = () => ended.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let isOver = false;
  const opening = open();
  opening.then((call) => listen(call), ended.reject);
  try {
    await ended.promise;
  } finally {
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    // Also of a call that is only being opened.
    opening.then(
      (call) => call.cancel(),
      () => undefined,
    );
  }

  function listen(call: Call): void {
    // Stays for good: a cancelled call says so by an error.
    call.on('error', ended.reject);
    if (isOver) return;
    call.on('end', ended.resolve);
    call.on('data', (message: ReadResp) => {
      if (isOver) return;
      timer.refresh();
      try {
        if (take(message) === 'more') return;
      } catch (error) {
        ended.reject(error);
      }
      isOver = true;
      ended.resolve();
    });
  }
};
