import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Call } from './call.js';
import type { Faults } from './faults.js';
import { framed } from './framing.js';
import type { Log } from './log.js';
import { expectedOf } from './proposal.js';
import { nameOf } from './recorded-event.js';
import { streamDeleted, wrongExpectedVersion } from './statuses.js';

const { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } = streams;

/** Answers Delete (what was there is hidden) and Tombstone (nothing can ever be appended). */
export const deleteStream =
  (log: Log, faults: Faults, kind: 'delete' | 'tombstone') =>
  (call: Call): void => {
    const isDelete = kind === 'delete';
    call.receive(isDelete ? DeleteReq.deserializeBinary : TombstoneReq.deserializeBinary, (request) => {
      const options = request.getOptions()!;
      const name = nameOf(options.getStreamIdentifier());
      const expected = expectedOf(options, options.getRevision());
      faults.before(kind, call, () => {
        const outcome = isDelete ? log.softDelete(name, expected) : log.tombstone(name, expected);
        if (outcome.type === 'stream-deleted') return call.end(streamDeleted(name));
        if (outcome.type === 'wrong-expected-version')
          return call.end(wrongExpectedVersion('Delete', name, expected, outcome.current));
        if (faults.committed(kind, call)) return undefined;
        const at = String(outcome.position);
        const answer = isDelete
          ? new DeleteResp().setPosition(new DeleteResp.Position().setCommitPosition(at).setPreparePosition(at))
          : new TombstoneResp().setPosition(new TombstoneResp.Position().setCommitPosition(at).setPreparePosition(at));
        call.send(framed(answer));
        return call.end();
      });
    });
  };
