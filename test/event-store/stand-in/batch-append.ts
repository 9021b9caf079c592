import streams from '@eventstore/db-client/generated/streams_pb.js';
import { batchAppendAnswer, type Answer } from './batch-append-answer.js';
import type { Call } from './call.js';
import type { Faults } from './faults.js';
import { framed } from './framing.js';
import { expectedOf, Proposal } from './proposal.js';
import { nameOf, streamIdentifier } from './recorded-event.js';
import type { Writer } from './writer.js';

const { BatchAppendReq } = streams;

/** Many appends, each in one or more messages of its correlation id; each has one answer, when its final one is in. */
export const batchAppend =
  (writer: Writer, faults: Faults) =>
  (call: Call): void => {
    const proposals = new Map<string, Proposal>();

    const receive = (request: streams.BatchAppendReq) => {
      const correlation = request.getCorrelationId()!;
      const id = correlation.getString();
      const options = request.getOptions();
      if (options !== undefined)
        proposals.set(
          id,
          new Proposal(nameOf(options.getStreamIdentifier()), expectedOf(options, options.getStreamPosition())),
        );
      const proposal = proposals.get(id);
      if (proposal === undefined) return;
      const refusal = proposal.add(request.getProposedMessagesList());
      if (refusal === undefined && !request.getIsFinal()) return;
      proposals.delete(id);
      const answer = (result: Answer) => {
        const message = batchAppendAnswer(result, proposal.stream, proposal.expected);
        message.setCorrelationId(correlation).setStreamIdentifier(streamIdentifier(proposal.stream));
        call.send(framed(message));
      };
      if (refusal !== undefined) return answer(refusal);
      const write = () => writer.write(call, proposal, answer);
      return faults.before('append', call, write, (type) => answer({ type }));
    };

    call.receive(BatchAppendReq.deserializeBinary, receive, () => call.end());
  };
