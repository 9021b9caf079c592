import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { ANY, EXISTS, NO_STREAM } from './commit-check.js';
import type { ProposedEvent } from './recorded-event.js';

export const MAX_APPEND_BYTES = 1_048_576;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
const JSON_TYPE = 'application/json';

type Message = streams.BatchAppendReq.ProposedMessage | streams.AppendReq.ProposedMessage;

/** Why it cannot be appended, whatever the stream holds. */
export type BadProposal = { readonly type: 'too-large' } | { readonly type: 'bad-request'; readonly message: string };

const bad = (message: string): BadProposal => ({ type: 'bad-request', message });

/** What a client asks to be appended, as it comes in. */
export class Proposal {
  readonly events: ProposedEvent[] = [];
  private bytes = 0;

  constructor(
    readonly stream: string,
    /** A revision, or one of the numbers of `commit-check`. */
    readonly expected: number,
  ) {}

  add(messages: ReadonlyArray<Message>): BadProposal | undefined {
    if (this.stream === '') return bad('Required field StreamIdentifier not set.');
    for (const message of messages) {
      const id = message.getId()?.getString() ?? '';
      const type = message.getMetadataMap().get('type') ?? '';
      const contentType = message.getMetadataMap().get('content-type');
      if (!uuid.test(id)) return bad('Guid should contain 32 digits with 4 dashes');
      if (type === '') return bad('Argument type is empty');
      if (contentType === undefined) return bad('The given key was not present in the dictionary');
      const data = message.getData_asU8();
      this.bytes += data.length;
      this.events.push({
        id: id.toLowerCase(),
        type,
        contentType: contentType === JSON_TYPE ? JSON_TYPE : 'application/octet-stream',
        data,
        metadata: message.getCustomMetadata_asU8(),
      });
    }
    return this.bytes > MAX_APPEND_BYTES ? { type: 'too-large' } : undefined;
  }
}

interface Expectation {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** The expected revision as the server numbers it. */
export const expectedOf = (options: Expectation, revision: string): number => {
  if (options.hasAny()) return ANY;
  if (options.hasNoStream()) return NO_STREAM;
  if (options.hasStreamExists()) return EXISTS;
  return Number(revision);
};
