import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Call } from './call.js';
import { ANY, EXISTS, NO_STREAM } from './commit-check.js';
import type { Faults } from './faults.js';
import { framed } from './framing.js';
import { expectedOf, MAX_APPEND_BYTES, Proposal } from './proposal.js';
import { nameOf } from './recorded-event.js';
import { deadlineExceeded, handlerThrew, maximumAppendSizeExceeded, streamDeleted } from './statuses.js';
import type { Writer, Written } from './writer.js';

const { AppendReq, AppendResp } = streams;

const empty = new shared.Empty();

/** One append: its options, then event by event. Clients use it with credentials of the call, or with old servers. */
export const append =
  (writer: Writer, faults: Faults) =>
  (call: Call): void => {
    let proposal = new Proposal('', ANY);

    const receive = (request: streams.AppendReq) => {
      const options = request.getOptions();
      const message = request.getProposedMessage();
      if (options !== undefined)
        proposal = new Proposal(nameOf(options.getStreamIdentifier()), expectedOf(options, options.getRevision()));
      const refusal = proposal.add(message === undefined ? [] : [message]);
      if (refusal !== undefined)
        call.end(refusal.type === 'too-large' ? maximumAppendSizeExceeded(MAX_APPEND_BYTES) : handlerThrew);
    };

    const answer = (written: Written) => {
      if (written.type === 'stream-deleted') return call.end(streamDeleted(proposal.stream));
      if (written.type === 'timeout') return call.end(deadlineExceeded);
      call.send(
        framed(
          written.type === 'success'
            ? new AppendResp().setSuccess(success(written.revision, written.position))
            : new AppendResp().setWrongExpectedVersion(conflict(written.current, proposal.expected)),
        ),
      );
      return call.end();
    };

    call.receive(AppendReq.deserializeBinary, receive, () =>
      faults.before('append', call, () => writer.write(call, proposal, answer)),
    );
  };

const success = (revision: number, position: number | undefined) => {
  const message = new AppendResp.Success();
  if (revision === NO_STREAM) message.setNoStream(empty);
  else message.setCurrentRevision(String(revision));
  if (position === undefined) return message.setNoPosition(empty);
  const at = String(position);
  return message.setPosition(new AppendResp.Position().setCommitPosition(at).setPreparePosition(at));
};

const conflict = (current: number, expected: number) => {
  const message = new AppendResp.WrongExpectedVersion();
  if (current === NO_STREAM) message.setCurrentNoStream(empty);
  else message.setCurrentRevision(String(current));
  if (expected === ANY) return message.setExpectedAny(empty);
  if (expected === EXISTS) return message.setExpectedStreamExists(empty);
  if (expected === NO_STREAM) return message.setExpectedNoStream(empty);
  return message.setExpectedRevision(String(expected));
};
