import * as E from 'fp-ts/lib/Either.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  StoreMisconfigured,
  TruncatedStream,
  type AppendError,
  type Appended,
  type ExpectedRevision,
  type StreamName,
} from '../../../application/ports/event-store.js';
import type { Positions } from './position.js';

const errorType = (answer: BatchAppendResp): string =>
  answer.getError()?.getDetails()?.getTypeName().replace('event_store.client.', '') ?? 'none';

/**
 * What the server's answer to an append means. Throws what is to be tried again (not ready, its own deadline) as a
 * plain error, what must not be as one of the port's.
 */
export const judged = (
  answer: BatchAppendResp,
  stream: StreamName,
  expected: ExpectedRevision,
  count: number,
  positions: Positions,
): E.Either<AppendError, Appended> => {
  const success = answer.getSuccess();
  if (success !== undefined) {
    const position = success.getPosition();
    if (position === undefined) throw new StoreMisconfigured('the event store tells no position of what it stored');
    const log = { commit: position.getCommitPosition(), prepare: position.getPreparePosition() };
    const revision = Number(success.getCurrentRevision());
    // The server takes a stream that was deleted for none, and counts on from where it ended.
    if (revision !== (expected === 'none' ? -1 : expected) + count) throw new TruncatedStream(stream);
    return E.right({ revision, position: positions.of(log) });
  }
  const message = answer.getError()?.getMessage() ?? '';
  switch (errorType(answer)) {
    case 'WrongExpectedVersion':
      return E.left({ _tag: 'conflict', stream, expected });
    case 'MaximumAppendSizeExceeded':
      return E.left({ _tag: 'refused', code: 'append_too_large', message: 'the event store takes less at a time' });
    case 'StreamDeleted':
      throw new TruncatedStream(stream);
    case 'AccessDenied':
      throw new StoreMisconfigured('the event store denies access: look at the credentials in EVENTSTORE_URL');
    case 'BadRequest':
      throw new StoreMisconfigured(`the event store finds an append malformed: ${message}`);
    default:
      throw new Error(message);
  }
};
