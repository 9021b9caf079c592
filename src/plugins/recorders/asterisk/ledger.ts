import type { RecorderFact, RecorderLog } from '../../sdk/recorder.js';
import type { AsteriskAudio } from './audio.js';
import { readCall, type CallRecords, type ExpectedRecording } from './call-reading.js';
import { parseCdr, parseCel, type CdrRow, type CelRow } from './call-records.js';
import type { AsteriskConfig } from './config.js';
import { BadReference, mediaTypeOf, parseRef } from './recording-ref.js';
import type { Cursor, Line } from './tail.js';

/** A call, or its recording, that nothing was written of in so many checks one after the other is over. */
const CHECKS_UNTIL_SURE = 2;
/** A file that is not finished after so many checks never will be: the exchange died over it. */
const CHECKS_UNTIL_FINAL = 5;

/** From where to read again after a restart, and of what is read again the calls that were told wholly. */
export interface Resume {
  readonly cel?: Cursor;
  readonly cdr?: Cursor;
  readonly told: ReadonlyArray<string>;
}

/** `index`: counts the lines of both files in the order read. */
interface Place {
  readonly index: number;
  readonly at: Cursor;
}

interface PendingRecording {
  readonly expected: ExpectedRecording;
  checks: number;
}

/** A call of which not everything was told yet. */
interface OpenCall extends CallRecords {
  cel: Array<CelRow>;
  cdr?: CdrRow;
  lastAt: string;
  celPlace?: Place;
  cdrPlace?: Place;
  /** Rows came that were not read into facts yet. */
  changed: boolean;
  /** Checks in a row that did not find its channel. */
  absent: number;
  closed: boolean;
  readonly told: Set<RecorderFact['type']>;
  /** Since the call has ended. */
  recordings?: Array<PendingRecording>;
  checksSinceEnd: number;
}

export interface LedgerMeans {
  /** Resolves when the fact is durable. */
  emit(fact: RecorderFact): Promise<void>;
  readonly audio: Pick<AsteriskAudio, 'settle'>;
  /** Whether ARI said that a recording of this name failed. */
  hasFailed(recording: string): boolean;
  readonly log: RecorderLog;
}

/**
 * The calls that the exchange's records tell of, until all of each is told. Every fact comes from the records alone, so
 * that reading them again tells the same again; `resume` says from where on a restart must read.
 */
export class Ledger {
  private readonly open = new Map<string, OpenCall>();
  /** Calls told wholly whose rows a restart would read again, by the index of the last such row. */
  private readonly done: Map<string, number>;
  private index = 0;

  constructor(
    private readonly config: AsteriskConfig,
    private readonly means: LedgerMeans,
    resume: Pick<Resume, 'told'>,
  ) {
    this.done = new Map(resume.told.map((call) => [call, -1]));
  }

  addCel({ text, at }: Line): void {
    const row = parseCel(text);
    if (row === undefined) return this.means.log.warn('a row of CEL has not the columns it should have');
    const begins = row.type === 'CHAN_START' && row.channel === row.call;
    const entry = this.entry(row, begins);
    if (entry === undefined) return;
    if (begins) entry.celPlace = { index: this.index, at };
    entry.lastAt = row.at;
    entry.absent = 0;
    if (row.channel !== row.call && !(row.type === 'APP_START' && row.app === 'MixMonitor')) return;
    entry.cel.push(row);
    entry.changed = true;
  }

  addCdr({ text, at }: Line): void {
    const row = parseCdr(text);
    if (row === undefined) return this.means.log.warn('a row of the CDR has not the columns it should have');
    if (row.channel !== row.call) return;
    const entry = this.entry({ ...row, at: row.endedAt }, true);
    if (entry === undefined) return;
    entry.cdrPlace ??= { index: this.index, at };
    // A call that was put through again has a row for each part.
    entry.cdr = entry.cdr === undefined ? row : { ...entry.cdr, endedAt: row.endedAt };
  }

  /** Tells what the rows since the last time say. */
  async tell(): Promise<void> {
    for (const entry of this.open.values()) {
      if (!entry.changed) continue;
      const { facts, ended, recordings } = readCall(entry, this.config, entry.closed);
      for (const fact of facts) {
        if (entry.told.has(fact.type)) continue;
        await this.means.emit(fact);
        entry.told.add(fact.type);
      }
      if (ended) entry.recordings ??= recordings.map((expected) => ({ expected, checks: 0 }));
      entry.changed = false;
    }
  }

  /** Whether a call waits for an end that may have gone unwritten. */
  get awaitsEnd(): boolean {
    return [...this.open.values()].some(({ recordings }) => recordings === undefined);
  }

  /**
   * Ends calls that are over though no row says so, and tells of the recordings of those that have ended. `live`: the
   * exchange's channels, listed after all rows were read; undefined when it could not be asked. Rejects when anything
   * of it must be tried again.
   */
  async check(live: ReadonlySet<string> | undefined): Promise<void> {
    for (const entry of this.open.values()) {
      if (entry.recordings !== undefined) continue;
      // A CDR is written when its channel has ended.
      const over = live === undefined ? entry.cdr !== undefined : !live.has(entry.call);
      entry.absent = over ? entry.absent + 1 : 0;
      if (entry.absent < CHECKS_UNTIL_SURE) continue;
      entry.closed = true;
      entry.changed = true;
    }
    await this.tell();
    const failures: Array<unknown> = [];
    for (const entry of this.open.values())
      await this.finish(entry).catch((error: unknown) => {
        failures.push(error);
      });
    if (failures.length > 0) throw failures[0];
  }

  /** `cel` and `cdr`: where the next line begins; `caughtUp`: when every line there is was added. */
  resume(cel: Cursor | undefined, cdr: Cursor | undefined, caughtUp: boolean): Resume {
    const open = [...this.open.values()];
    const earliest = (places: ReadonlyArray<Place | undefined>) =>
      places.reduce((a, b) => (a === undefined || (b !== undefined && b.index < a.index) ? b : a), undefined);
    const celPlace = earliest(open.map((entry) => entry.celPlace));
    const cdrPlace = earliest(open.map((entry) => entry.cdrPlace));
    if (caughtUp) {
      const reread = earliest([celPlace, cdrPlace])?.index ?? Infinity;
      for (const [call, index] of this.done) if (index < reread) this.done.delete(call);
    }
    const [fromCel, fromCdr] = [celPlace?.at ?? cel, cdrPlace?.at ?? cdr];
    return { ...(fromCel && { cel: fromCel }), ...(fromCdr && { cdr: fromCdr }), told: [...this.done.keys()] };
  }

  /** The call of a row; a new one when the row begins one on a line of ours. */
  private entry(
    row: { readonly call: string; readonly extension: string; readonly at: string },
    begins: boolean,
  ): OpenCall | undefined {
    this.index += 1;
    if (this.done.has(row.call)) {
      if (begins) this.done.set(row.call, this.index);
      return undefined;
    }
    const known = this.open.get(row.call);
    if (known !== undefined || !begins || this.config.lines[row.extension] === undefined) return known;
    const entry: OpenCall = {
      call: row.call,
      cel: [],
      lastAt: row.at,
      changed: false,
      absent: 0,
      closed: false,
      told: new Set(),
      checksSinceEnd: 0,
    };
    this.open.set(row.call, entry);
    return entry;
  }

  private async finish(entry: OpenCall): Promise<void> {
    if (entry.recordings === undefined) return;
    const waiting: Array<PendingRecording> = [];
    for (const pending of entry.recordings) if (!(await this.settle(pending, entry))) waiting.push(pending);
    entry.recordings = waiting;
    entry.checksSinceEnd += 1;
    // Its CDR comes last; without it here it would look like a call that CEL does not know.
    if (waiting.length > 0 || (entry.cdr === undefined && entry.checksSinceEnd < CHECKS_UNTIL_SURE)) return;
    this.open.delete(entry.call);
    this.done.set(entry.call, Math.max(entry.celPlace?.index ?? 0, entry.cdrPlace?.index ?? 0));
  }

  /** Whether there is nothing more to tell of the recording. */
  private async settle(pending: PendingRecording, entry: OpenCall): Promise<boolean> {
    const { begun, ...expected } = pending.expected;
    const { call, recording } = expected;
    try {
      refuseNumber(recording, entry);
      const ref = parseRef(recording, this.config.prefix);
      const audio = await this.means.audio.settle(recording);
      pending.checks += 1;
      if (
        pending.checks < (audio.state === 'absent' ? CHECKS_UNTIL_SURE : CHECKS_UNTIL_FINAL) &&
        audio.state !== 'whole'
      )
        return false;
      if (audio.state !== 'absent')
        await this.means.emit({
          type: 'recording-stored',
          ...expected,
          bytes: audio.bytes,
          mediaType: mediaTypeOf(ref),
        });
      else if (begun) {
        const reason = ref.kind === 'ari' && this.means.hasFailed(ref.name) ? 'failed' : 'no-file';
        await this.means.emit({ type: 'recording-lost', call, recording, reason });
      }
    } catch (error) {
      if (!(error instanceof BadReference)) throw error;
      this.means.log.error('a recording is left out: its file name holds a number or other signs; name it by UNIQUEID');
    }
    return true;
  }
}

const MIN_NUMBER_DIGITS = 7;

/** A reference is stored for good and in the clear. Throws `BadReference` when it holds the caller's number. */
const refuseNumber = (recording: string, { cel, cdr }: CallRecords): void => {
  const digitsOf = (text: string) => text.replaceAll(/[^0-9]/g, '');
  const from = digitsOf(cel[0]?.from ?? cdr?.from ?? '');
  if (from.length >= MIN_NUMBER_DIGITS && digitsOf(recording).includes(from)) throw new BadReference();
};
