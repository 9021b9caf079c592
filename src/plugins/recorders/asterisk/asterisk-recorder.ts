import { defineRecorder, type RecorderContext, type RecorderFact, type RunningRecorder } from '../../sdk/recorder.js';
import { AriClient, type AriChannel } from './ari-client.js';
import { AsteriskAudio } from './audio.js';
import { parseConfig, type AsteriskConfig } from './config.js';
import { describe } from './describe.js';
import { Ledger, type Resume } from './ledger.js';
import { Link } from './link.js';
import { backOffMs, pause } from './retry.js';
import { Tail } from './tail.js';

const STATE_KEY = 'resume';
const POLL_MS = 200;
const CHECK_MS = 2_000;

type Context = RecorderContext<AsteriskConfig>;

/**
 * Asterisk, from 16 on (K1-K4): conducts the calls of a Stasis application over ARI, and tells of these and of the calls
 * that the dialplan conducts and MixMonitor records. Facts are read from CEL and CDR alone, so that whatever was
 * down in between, reading on tells the rest, and the same.
 */
export const asteriskRecorder = defineRecorder<AsteriskConfig>({
  manifest: { name: 'asterisk', version: '0.1.0', apiVersion: 1, capabilities: ['conduct', 'fetch', 'delete'] },
  config: parseConfig,
  start: async (context): Promise<RunningRecorder> => {
    const { config, log } = context;
    const ended = new AbortController();
    const signal = AbortSignal.any([context.signal, ended.signal]);
    const ari = new AriClient(config.ariUrl, config.user, config.password, signal);
    const audio = new AsteriskAudio(ari, config);
    const link = new Link(ari, config, log, signal);
    const reader = await Reader.open({ ...context, signal }, ari, audio, link);

    const finished = Promise.all([link.keep(), reader.follow()])
      .then(() => undefined)
      .finally(() => ended.abort());
    // The host hears of it by `finished`; `stop` must not throw it a second time.
    const over = finished.catch(() => undefined);
    return {
      finished,
      stop: () => {
        ended.abort();
        return over;
      },
    };
  },
  audio: ({ config, signal }) =>
    new AsteriskAudio(new AriClient(config.ariUrl, config.user, config.password, signal), config),
});

/** Reads the exchange's records as they grow, tells what they say, and remembers up to where that is done. */
class Reader {
  private saved = '';

  private constructor(
    private readonly context: Context,
    private readonly ari: AriClient,
    private readonly cel: Tail,
    private readonly cdr: Tail,
    private readonly ledger: Ledger,
  ) {}

  static async open(context: Context, ari: AriClient, audio: AsteriskAudio, link: Link): Promise<Reader> {
    const { config, log } = context;
    const saved = await context.state.get(STATE_KEY);
    const resume: Resume = saved === undefined ? { told: [] } : (JSON.parse(saved) as Resume);
    const onLoss = () => log.error('a file of call records is gone that was not read to its end');
    const means = {
      emit: (fact: RecorderFact) => emitUntilDurable(context, fact),
      audio,
      hasFailed: (recording: string) => link.hasFailed(recording),
      log,
    };
    return new Reader(
      context,
      ari,
      new Tail(config.celFile, resume.cel, onLoss),
      new Tail(config.cdrFile, resume.cdr, onLoss),
      new Ledger(config, means, resume),
    );
  }

  async follow(): Promise<void> {
    const { signal, log } = this.context;
    let checkedAt = 0;
    let failures = 0;
    while (!signal.aborted) {
      try {
        let caughtUp = await this.readOn();
        if (caughtUp && Date.now() - checkedAt >= CHECK_MS) {
          caughtUp = await this.check();
          checkedAt = Date.now();
        }
        await this.save(caughtUp);
        if (failures > 0) log.info('call records are read again');
        failures = 0;
        if (caughtUp) await pause(POLL_MS, signal);
      } catch (error) {
        if (signal.aborted) break;
        if (failures === 0) log.warn(`call records wait: ${describe(error)}`);
        failures += 1;
        await pause(backOffMs(failures), signal);
      }
    }
    await this.cel.close();
    await this.cdr.close();
  }

  /** Whether all was read that was written. */
  private async readOn(): Promise<boolean> {
    const events = await this.cel.read();
    for (const line of events) this.ledger.addCel(line);
    const records = await this.cdr.read();
    for (const line of records) this.ledger.addCdr(line);
    await this.ledger.tell();
    return events.length === 0 && records.length === 0;
  }

  private async check(): Promise<boolean> {
    const live = this.ledger.awaitsEnd ? await this.liveChannels() : undefined;
    // What was written before the channels were listed comes first.
    const caughtUp = await this.readOn();
    await this.ledger.check(live);
    return caughtUp;
  }

  private async liveChannels(): Promise<ReadonlySet<string> | undefined> {
    try {
      const { body } = await this.ari.request('GET', '/channels');
      return new Set((body as ReadonlyArray<AriChannel>).map(({ id }) => id));
    } catch {
      return undefined;
    }
  }

  private async save(caughtUp: boolean): Promise<void> {
    const resume = JSON.stringify(this.ledger.resume(this.cel.position, this.cdr.position, caughtUp));
    if (resume === this.saved) return;
    await this.context.state.set(STATE_KEY, resume);
    this.saved = resume;
  }
}

/** Rejects only when the instance ends before it. */
const emitUntilDurable = async ({ emit, log, signal }: Context, fact: RecorderFact): Promise<void> => {
  for (let failures = 0; ; failures += 1) {
    signal.throwIfAborted();
    try {
      await emit(fact);
      if (failures > 0) log.info('facts are stored again');
      return;
    } catch (error) {
      if (failures === 0) log.warn(`facts wait to be stored: ${describe(error)}`);
      await pause(backOffMs(failures), signal);
    }
  }
};
