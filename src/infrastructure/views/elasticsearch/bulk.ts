import { setTimeout as delay } from 'node:timers/promises';
import type { Client, estypes } from '@elastic/elasticsearch';

/** A conditional write of one document; `ifSeen`: only over this one, absent: only where there is none. */
export interface Write {
  readonly id: string;
  readonly ifSeen?: { readonly seqNo: number; readonly primaryTerm: number };
  /** Its JSON. */
  readonly source: string;
}

export interface BulkOutcome {
  /** Somebody else wrote these meanwhile, or this very write was repeated. */
  readonly conflicts: ReadonlyArray<string>;
  /** The cluster will never take these: id and kind of error. */
  readonly refused: ReadonlyArray<{ readonly id: string; readonly reason: string }>;
}

/** The cluster took some documents of a bulk again and again not; the type is its name for why. */
export class BulkRejected extends Error {
  constructor(readonly type: string) {
    super(`documents are rejected: ${type}`);
    this.name = type;
  }
}

const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNK_WRITES = 1_000;
/** Pauses before a rejected document is sent again; after the last the whole batch waits for better times. */
const PAUSES_MS = [50, 100, 200, 400, 800];

/**
 * Writes documents, durably when it resolves; one request at a time, so that a cluster that is slow slows down who
 * writes. Rejected documents are sent again, they alone. Throws the client's errors and `BulkRejected`.
 */
export const writeAll = async (client: Client, index: string, writes: ReadonlyArray<Write>): Promise<BulkOutcome> => {
  const conflicts: string[] = [];
  const refused: Array<{ id: string; reason: string }> = [];
  for (const chunk of chunksOf(writes)) {
    let left = chunk;
    for (let attempt = 0; left.length > 0; attempt++) {
      const { items } = await client.bulk(
        { index, operations: left.flatMap((write) => [actionOf(write), write.source]) },
        // A repeat after an unknown outcome is told from the conflicts; whether to repeat is our decision.
        { maxRetries: 0 },
      );
      const rejected: Write[] = [];
      let why = '';
      for (const [i, item] of items.entries()) {
        const { status, error } = (item.create ?? item.index)!;
        const write = left[i]!;
        const type = error?.type ?? `status ${status}`;
        if (status < 300) continue;
        if (status === 409) conflicts.push(write.id);
        else if (status === 400) refused.push({ id: write.id, reason: type });
        else if (status === 429 || status >= 500) {
          rejected.push(write);
          why = type;
        } else throw new BulkRejected(type);
      }
      left = rejected;
      if (left.length === 0) break;
      const pause = PAUSES_MS[attempt];
      if (pause === undefined) throw new BulkRejected(why);
      await delay(pause / 2 + (Math.random() * pause) / 2);
    }
  }
  return { conflicts, refused };
};

const actionOf = ({ id, ifSeen }: Write): estypes.BulkOperationContainer =>
  ifSeen === undefined
    ? { create: { _id: id } }
    : { index: { _id: id, if_seq_no: ifSeen.seqNo, if_primary_term: ifSeen.primaryTerm } };

const chunksOf = (writes: ReadonlyArray<Write>): ReadonlyArray<ReadonlyArray<Write>> => {
  const chunks: Write[][] = [];
  let bytes = Infinity;
  for (const write of writes) {
    const size = Buffer.byteLength(write.source);
    if (bytes + size > CHUNK_BYTES || chunks.at(-1)!.length === CHUNK_WRITES) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)!.push(write);
    bytes += size;
  }
  return chunks;
};
