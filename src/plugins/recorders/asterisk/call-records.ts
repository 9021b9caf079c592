import { parse } from 'csv-parse/sync';

/** A row of cel_custom's file: something happened to a channel. Moments are UTC, ISO 8601 with milliseconds. */
export interface CelRow {
  readonly type: string;
  readonly at: string;
  /** The caller's number, empty when withheld. */
  readonly from: string;
  readonly extension: string;
  readonly app: string;
  readonly appData: string;
  readonly accountCode: string;
  readonly channel: string;
  /** The channel that began the call: the call's name. */
  readonly call: string;
  readonly sound?: string;
  readonly bridge?: string;
}

/** A row of cdr_custom's file: a channel has ended. */
export interface CdrRow {
  readonly channel: string;
  readonly call: string;
  readonly from: string;
  readonly extension: string;
  readonly startedAt: string;
  /** Absent when nobody answered. */
  readonly answeredAt?: string;
  readonly endedAt: string;
  readonly accountCode: string;
  /** The dialplan's own: here the name of MixMonitor's file. */
  readonly userField: string;
}

const CEL_COLUMNS = 20;
const CDR_COLUMNS = 20;

/** Epoch seconds with a fraction -> a moment; what is finer than a millisecond is cut off, so that order stays. */
const moment = (epoch: string): string | undefined => {
  const [, seconds, fraction = ''] = /^(\d{1,11})(?:\.(\d+))?$/.exec(epoch) ?? [];
  if (seconds === undefined || Number(seconds) === 0) return undefined;
  return new Date(Number(seconds) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3))).toISOString();
};

const columnsOf = (line: string, count: number): ReadonlyArray<string> | undefined => {
  try {
    const [columns] = parse(line, { relaxColumnCount: true });
    return columns?.length === count ? columns : undefined;
  } catch {
    return undefined;
  }
};

const extraOf = (json: string): { readonly sound?: unknown; readonly bridge_id?: unknown } => {
  try {
    return (JSON.parse(json) as object | null) ?? {};
  } catch {
    return {};
  }
};

/** Undefined for what is no row of this form. */
export const parseCel = (line: string): CelRow | undefined => {
  const c = columnsOf(line, CEL_COLUMNS) as Tuple20 | undefined;
  const at = c && moment(c[1]);
  if (c === undefined || at === undefined) return undefined;
  const { sound, bridge_id: bridge } = extraOf(c[19]);
  return {
    type: c[0],
    at,
    from: c[3],
    extension: c[7],
    app: c[10],
    appData: c[11],
    accountCode: c[13],
    channel: c[14],
    call: c[15],
    ...(typeof sound === 'string' && { sound }),
    ...(typeof bridge === 'string' && { bridge }),
  };
};

/** Undefined for what is no row of this form. */
export const parseCdr = (line: string): CdrRow | undefined => {
  const c = columnsOf(line, CDR_COLUMNS) as Tuple20 | undefined;
  if (c === undefined) return undefined;
  const [startedAt, answeredAt, endedAt] = [moment(c[10]), moment(c[11]), moment(c[12])];
  if (startedAt === undefined || endedAt === undefined) return undefined;
  return {
    channel: c[0],
    call: c[1],
    from: c[3],
    extension: c[4],
    startedAt,
    ...(answeredAt !== undefined && { answeredAt }),
    endedAt,
    accountCode: c[17],
    userField: c[18],
  };
};

// prettier-ignore
type Tuple20 = readonly [
  string, string, string, string, string, string, string, string, string, string,
  string, string, string, string, string, string, string, string, string, string,
];
