import { status } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import { ANY, EXISTS, NO_STREAM } from './commit-check.js';
import { MAX_APPEND_BYTES, type BadProposal } from './proposal.js';
import { streamIdentifier } from './recorded-event.js';
import type { Written } from './writer.js';

const { AllStreamPosition, Empty } = shared;
const { BatchAppendResp } = streams;

/** What can become of one append, a refusal by a fault included. */
export type Answer = Written | BadProposal | { readonly type: 'not-ready' | 'access-denied' };

const empty = new Empty();

/** Success or error of one append; correlation id and stream are still to be set. */
export const batchAppendAnswer = (answer: Answer, stream: string, expected: number): streams.BatchAppendResp => {
  switch (answer.type) {
    case 'success':
      return new BatchAppendResp().setSuccess(success(answer.revision, answer.position));
    case 'wrong-expected-version':
      return error(status.ALREADY_EXISTS, 'WrongExpectedVersion', conflict(answer.current, expected));
    case 'stream-deleted':
      return error(
        status.NOT_FOUND,
        'StreamDeleted',
        new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream)),
      );
    case 'too-large':
      return error(
        status.INVALID_ARGUMENT,
        'MaximumAppendSizeExceeded',
        new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_BYTES),
      );
    case 'bad-request':
      return error(status.INVALID_ARGUMENT, 'BadRequest', new shared.BadRequest().setMessage(answer.message));
    case 'timeout':
      return error(status.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout());
    case 'access-denied':
      return error(status.PERMISSION_DENIED, 'AccessDenied', new shared.AccessDenied());
    case 'not-ready':
      // The server sends no code here, and details that no client knows.
      return new BatchAppendResp().setError(
        rpcStatus(status.OK, 'Server Is Not Ready', 'google.protobuf.Empty', empty.serializeBinary()),
      );
  }
};

const success = (revision: number, position: number | undefined) => {
  const answer = new BatchAppendResp.Success();
  if (revision === NO_STREAM) answer.setNoStream(empty);
  else answer.setCurrentRevision(String(revision));
  if (position === undefined) return answer.setNoPosition(empty);
  const at = String(position);
  return answer.setPosition(new AllStreamPosition().setCommitPosition(at).setPreparePosition(at));
};

const conflict = (current: number, expected: number) => {
  const details = new shared.WrongExpectedVersion();
  if (current === NO_STREAM) details.setCurrentNoStream(empty);
  else details.setCurrentStreamRevision(String(current));
  if (expected === ANY) return details.setExpectedAny(empty);
  if (expected === EXISTS) return details.setExpectedStreamExists(empty);
  if (expected === NO_STREAM) return details.setExpectedNoStream(empty);
  return details.setExpectedStreamPosition(String(expected));
};

/** `name` is the message and, in the client's package, the type of the details. */
const error = (code: status, name: string, details: { serializeBinary(): Uint8Array }) =>
  new BatchAppendResp().setError(rpcStatus(code, name, `event_store.client.${name}`, details.serializeBinary()));

const rpcStatus = (code: status, message: string, type: string, details: Uint8Array): statusPb.Status => {
  const packed = new anyPb.Any();
  packed.pack(details, type);
  return new statusPb.Status()
    .setCode(code as number)
    .setMessage(message)
    .setDetails(packed);
};
