/**
 * What a recorder tells, as its plugin gives it: plain data from outside, checked by the ingestion's codecs. A `call`
 * and a `recording` are named by the recorder's own references. Times are UTC with milliseconds.
 */
export type RecorderFact =
  | {
      readonly type: 'call-started';
      readonly call: string;
      readonly site: string;
      readonly line: string;
      readonly direction: 'inbound' | 'outbound';
      readonly startedAt: string;
      readonly from?: string;
      readonly to: string;
    }
  | { readonly type: 'call-answered'; readonly call: string; readonly answeredAt: string }
  | { readonly type: 'call-ended'; readonly call: string; readonly endedAt: string }
  | { readonly type: 'announcement-played'; readonly call: string; readonly at: string }
  | { readonly type: 'recording-declined'; readonly call: string; readonly at: string }
  | {
      readonly type: 'recording-stored';
      readonly call: string;
      readonly recording: string;
      readonly startedAt: string;
      readonly endedAt: string;
      readonly bytes: number;
      readonly mediaType: string;
      readonly emergencyFlag: boolean;
    }
  /** A recording that the recorder began and has not kept. */
  | {
      readonly type: 'recording-lost';
      readonly call: string;
      readonly recording: string;
      readonly reason: 'failed' | 'no-file';
    };

/** Refused for good, with the errors' codes and fields; telling it again changes nothing. */
export class FactRefused extends Error {
  constructor(readonly reasons: ReadonlyArray<string>) {
    super(`refused: ${reasons.join(', ')}`);
  }
}

/** Port: takes a recorder's facts in, at least once told, exactly once recorded (K4). */
export abstract class RecorderIngest {
  /** Resolves when the fact is on disk, now or from an earlier telling. Throws `FactRefused`; an outage throws too. */
  abstract ingest(recorder: string, fact: RecorderFact): Promise<void>;
}
