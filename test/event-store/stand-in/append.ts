import { status } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { batchAppendAnswer, type Refusal } from './batch-append-answer.js';
import type { Call, Status } from './call.js';
import { ANY, EXISTS, NO_STREAM } from './commit-check.js';
import type { Faults } from './faults.js';
import { framed } from './framing.js';
import type { Log, Outcome } from './log.js';
import { BadRequest, expectedOf, MAX_APPEND_BYTES, Proposal } from './proposal.js';
import { nameOf, streamIdentifier } from './recorded-event.js';
import { deadlineExceeded, handlerThrew, maximumAppendSizeExceeded, streamDeleted } from './statuses.js';

const { AppendReq, AppendResp, BatchAppendReq } = streams;
const { Empty } = shared;

type Answer = Outcome | Refusal;

interface InFlight {
  readonly delayMs: number;
  readonly commit: () => void;
}

/** Both calls that append. */
export class Appender {
  private readonly inFlight = new Map<string, InFlight>();

  constructor(
    private readonly log: Log,
    private readonly faults: Faults,
  ) {}

  /** Many appends, each in one or more messages of its correlation id; one answer each when its final one is in. */
  batchAppend(call: Call): void {
    const proposals = new Map<string, Proposal>();
    call.receive(
      BatchAppendReq.deserializeBinary,
      (request) => {
        const correlation = request.getCorrelationId()!;
        const options = request.getOptions();
        if (options !== undefined)
          proposals.set(
            correlation.getString(),
            new Proposal(nameOf(options.getStreamIdentifier()), expectedOf(options, options.getStreamPosition())),
          );
        const proposal = proposals.get(correlation.getString());
        if (proposal === undefined) return;
        const answer = (result: Answer) =>
          call.send(
            framed(
              batchAppendAnswer(result, proposal.stream, proposal.expected)
                .setCorrelationId(correlation)
                .setStreamIdentifier(streamIdentifier(proposal.stream)),
            ),
          );
        const refusal = add(proposal, request.getProposedMessagesList());
        if (refusal === undefined && !request.getIsFinal()) return;
        proposals.delete(correlation.getString());
        if (refusal !== undefined) answer(refusal);
        else
          this.faults.before(
            'append',
            call,
            () => this.write(call, proposal, answer),
            (type) => answer({ type }),
          );
      },
      () => call.end(),
    );
  }

  /** One append: its options, then event by event. Clients use it with credentials of the call, or with old servers. */
  append(call: Call): void {
    let proposal: Proposal | undefined;
    call.receive(
      AppendReq.deserializeBinary,
      (request) => {
        const options = request.getOptions();
        const message = request.getProposedMessage();
        if (options !== undefined)
          proposal = new Proposal(nameOf(options.getStreamIdentifier()), expectedOf(options, options.getRevision()));
        if (proposal === undefined || message === undefined) return;
        const refusal = add(proposal, [message]);
        if (refusal !== undefined)
          call.end(refusal.type === 'too-large' ? maximumAppendSizeExceeded(MAX_APPEND_BYTES) : handlerThrew);
      },
      () => {
        const whole = proposal;
        if (whole === undefined || whole.stream === '') return call.end(handlerThrew);
        return this.faults.before('append', call, () =>
          this.write(call, whole, (answer) => {
            const ending = statusOf(answer, whole.stream);
            if (ending !== undefined) return call.end(ending);
            call.send(framed(appendResponse(answer, whole.expected)));
            return call.end();
          }),
        );
      },
    );
  }

  private write(call: Call, proposal: Proposal, answer: (answer: Answer) => void): void {
    const { stream, expected, events } = proposal;
    const key = `${events[0]?.id} ${stream}`;
    const held = this.inFlight.get(key);
    if (held !== undefined) {
      held.commit();
      setTimeout(() => answer({ type: 'timeout' }), held.delayMs);
      return;
    }
    const delayMs = this.faults.write(call);
    if (delayMs !== undefined) {
      const commit = () => {
        if (this.inFlight.delete(key)) this.log.append(stream, expected, events);
      };
      this.inFlight.set(key, { delayMs, commit });
      setTimeout(commit, delayMs);
      return call.drop();
    }
    const outcome = this.log.append(stream, expected, events);
    if (outcome.type !== 'success' || !this.faults.committed('append', call)) answer(outcome);
  }
}

/** Why it cannot be. */
const add = (
  proposal: Proposal,
  messages: ReadonlyArray<streams.BatchAppendReq.ProposedMessage | streams.AppendReq.ProposedMessage>,
): Refusal | undefined => {
  try {
    if (proposal.stream === '') throw new BadRequest('Required field StreamIdentifier not set.');
    for (const message of messages) proposal.add(message);
  } catch (error) {
    if (error instanceof BadRequest) return { type: 'bad-request', message: error.message };
    throw error;
  }
  return proposal.isTooLarge ? { type: 'too-large' } : undefined;
};

/** What the older call says by its status; a conflict is part of its response. */
const statusOf = (answer: Answer, stream: string): Status | undefined => {
  if (answer.type === 'stream-deleted') return streamDeleted(stream);
  if (answer.type === 'timeout') return deadlineExceeded;
  if (answer.type === 'success' || answer.type === 'wrong-expected-version') return undefined;
  return { code: status.UNKNOWN, message: answer.type };
};

const appendResponse = (answer: Answer, expected: number): streams.AppendResp => {
  const empty = new Empty();
  if (answer.type === 'success') {
    const success = new AppendResp.Success();
    if (answer.revision === NO_STREAM) success.setNoStream(empty);
    else success.setCurrentRevision(String(answer.revision));
    if (answer.position === undefined) return new AppendResp().setSuccess(success.setNoPosition(empty));
    const at = String(answer.position);
    return new AppendResp().setSuccess(
      success.setPosition(new AppendResp.Position().setCommitPosition(at).setPreparePosition(at)),
    );
  }
  const conflict = new AppendResp.WrongExpectedVersion();
  if (answer.type !== 'wrong-expected-version' || answer.current === NO_STREAM) conflict.setCurrentNoStream(empty);
  else conflict.setCurrentRevision(String(answer.current));
  if (expected === ANY) conflict.setExpectedAny(empty);
  else if (expected === EXISTS) conflict.setExpectedStreamExists(empty);
  else if (expected === NO_STREAM) conflict.setExpectedNoStream(empty);
  else conflict.setExpectedRevision(String(expected));
  return new AppendResp().setWrongExpectedVersion(conflict);
};
