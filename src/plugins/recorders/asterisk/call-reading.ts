import type { RecorderFact, RecordingStored } from '../../sdk/recorder.js';
import type { CdrRow, CelRow } from './call-records.js';
import type { AsteriskConfig } from './config.js';
import { conductedBridge } from './names.js';
import { conductedRef, monitorRef } from './recording-ref.js';

/** What the exchange has written of one call so far. */
export interface CallRecords {
  readonly call: string;
  /** In the order written, of the call's own channel alone; of others only what began a recording. */
  readonly cel: ReadonlyArray<CelRow>;
  /** Of the call's own channel. */
  readonly cdr?: CdrRow;
  /** When anything of the call was last written. */
  readonly lastAt: string;
}

/** Audio that there should be, known by its reference once the call is over. */
export type ExpectedRecording = Pick<
  RecordingStored,
  'call' | 'recording' | 'startedAt' | 'endedAt' | 'emergencyFlag'
> & {
  /** Something says that it was begun; without that there may be no file and nothing lost. */
  readonly begun: boolean;
};

export interface CallReading {
  /** In the order in which a host wants them. */
  readonly facts: ReadonlyArray<RecorderFact>;
  readonly ended: boolean;
  /** Complete when the call has ended. */
  readonly recordings: ReadonlyArray<ExpectedRecording>;
}

const LEAVING = new Set(['APP_END', 'BRIDGE_EXIT', 'HANGUP', 'CHAN_END', 'LINKEDID_END']);

/** The dialplan's file name, before MixMonitor's options. */
const fileOf = ({ appData }: CelRow) => appData.split(',')[0] ?? '';

/** An announcement counts when the call went on after it: cut off by a hang-up, it was not played. */
const announcedAt = (rows: ReadonlyArray<CelRow>, sound: string): string | undefined => {
  const begin = rows.findIndex((row) => row.type === 'STREAM_BEGIN' && row.sound === sound);
  if (begin < 0) return undefined;
  const end = rows.findIndex((row, i) => i > begin && row.type === 'STREAM_END');
  const next = end < 0 ? undefined : rows[end + 1];
  return next === undefined || LEAVING.has(next.type) ? undefined : rows[end]?.at;
};

/**
 * What a call's records say, by the rows of CEL. `closed`: the call is over, and whoever has not written of it by now
 * will not; then the CDR, and at last the time of the last row, stand in for what CEL lacks.
 */
export const readCall = (
  { call, cel, cdr, lastAt }: CallRecords,
  config: Pick<
    AsteriskConfig,
    'site' | 'lines' | 'announcement' | 'prefix' | 'exchangeMonitorDir' | 'emergencyAccountCode'
  >,
  closed: boolean,
): CallReading => {
  const late = closed ? cdr : undefined;
  const own = cel.filter((row) => row.channel === call);
  const first = own.find((row) => row.type === 'CHAN_START');
  const startedAt = first?.at ?? late?.startedAt;
  const extension = first?.extension ?? late?.extension ?? '';
  const line = config.lines[extension];
  if (startedAt === undefined || line === undefined) return { facts: [], ended: closed, recordings: [] };

  const from = first?.from ?? late?.from ?? '';
  const answeredAt = own.find((row) => row.type === 'ANSWER')?.at ?? late?.answeredAt;
  const announced = announcedAt(own, config.announcement);
  const ended = own.find((row) => row.type === 'CHAN_END')?.at ?? late?.endedAt ?? (closed ? lastAt : undefined);

  const facts: Array<RecorderFact> = [
    {
      type: 'call-started',
      call,
      site: config.site,
      line,
      direction: 'inbound',
      startedAt,
      ...(/^\+?[0-9*#][0-9*#-]*$/.test(from) && { from }),
      to: extension,
    },
  ];
  if (answeredAt !== undefined) facts.push({ type: 'call-answered', call, answeredAt });
  if (announced !== undefined) facts.push({ type: 'announcement-played', call, at: announced });
  if (ended === undefined) return { facts, ended: false, recordings: [] };
  facts.push({ type: 'call-ended', call, endedAt: ended });

  const emergencyFlag =
    cel.some((row) => row.accountCode === config.emergencyAccountCode) ||
    late?.accountCode === config.emergencyAccountCode;
  const expect = (recording: string, from: string, until: string, begun = true): ExpectedRecording => ({
    call,
    recording,
    startedAt: from,
    endedAt: until < from ? from : until,
    emergencyFlag,
    begun,
  });

  const recordings = cel
    .filter((row) => row.type === 'APP_START' && row.app === 'MixMonitor')
    .map((row) => expect(monitorRef(fileOf(row), config.exchangeMonitorDir), row.at, ended));
  const bridge = conductedBridge(config.prefix, call);
  const entered = own.find((row) => row.type === 'BRIDGE_ENTER' && row.bridge === bridge);
  if (entered !== undefined) {
    const left = own.find((row) => row.type === 'BRIDGE_EXIT' && row.bridge === bridge);
    recordings.push(expect(conductedRef(config.prefix, call), entered.at, left?.at ?? ended));
  }
  // Without CEL the dialplan's field may name a file: then nobody knows of an announcement, and it is told so.
  if (recordings.length === 0 && first === undefined && late !== undefined && late.userField !== '')
    recordings.push(
      expect(monitorRef(late.userField, config.exchangeMonitorDir), late.answeredAt ?? late.startedAt, ended, false),
    );
  return { facts, ended: true, recordings };
};
