import type { Lease, Leases } from '../../application/ports/leases.js';
import { PluginState } from '../../application/ports/plugin-state.js';
import { RecorderAudio } from '../../application/ports/recorder-audio.js';
import type { InstanceHealth, RecorderHealth } from '../../application/ports/recorder-health.js';
import { FactRefused, RecorderIngest } from '../../application/ports/recorder-ingest.js';
import type { AudioAccess, RecorderCapability, RecorderFact, RecorderLog, RecorderState } from '../sdk/recorder.js';
import type { ConfiguredRecorder } from './configuration.js';
import { Supervisor, supervisionTimes, type SupervisionTimes } from './supervisor.js';

/** The instance is not configured, or cannot do it. */
export class RecorderUnavailable extends Error {}

export interface RecorderHostMeans {
  readonly recorders: ReadonlyArray<ConfiguredRecorder>;
  readonly ingest: RecorderIngest;
  readonly state: PluginState;
  readonly leases: Leases;
  /** A log for each instance. */
  readonly log: (instance: string) => RecorderLog;
  readonly times?: SupervisionTimes;
}

/** An instance as this process has it. */
interface Hosted {
  readonly recorder: ConfiguredRecorder;
  readonly supervisor: Supervisor;
  readonly audio: AudioAccess | undefined;
}

/**
 * Runs the configured recorders, each by itself (K1) and in one process at a time, takes in what they tell, and reaches
 * the audio they hold from every process (K4).
 */
export class RecorderHost extends RecorderAudio implements RecorderHealth {
  private readonly hosted: ReadonlyMap<string, Hosted>;
  private readonly ending = new AbortController();

  constructor({ recorders, ingest, state, leases, log, times = supervisionTimes }: RecorderHostMeans) {
    super();
    const { signal } = this.ending;
    this.hosted = new Map(
      recorders.map((recorder) => {
        const { instance } = recorder;
        const stateUnder = (write: (work: (lease: Lease) => Promise<void>) => Promise<void>): RecorderState => ({
          get: (key) => state.get(instance, key),
          set: (key, value) => write((lease) => state.set(instance, key, value, lease)),
        });
        const contextOf = (lease: Lease) => ({
          instance,
          emit: (fact: RecorderFact) => takeIn(ingest, instance, fact, log(instance)),
          log: log(instance),
          state: stateUnder((work) => work(lease)),
        });
        // Any process may delete: each write takes a lease of its own, one after the other.
        const audioState = stateUnder((work) => leases.hold(`audio:${instance}`, signal, work));
        const audio = recorder.audio?.({ instance, log: log(instance), state: audioState, signal });
        const supervisor = new Supervisor(recorder, contextOf, leases, log(instance), times);
        return [instance, { recorder, supervisor, audio }];
      }),
    );
  }

  start(): void {
    for (const { supervisor } of this.hosted.values()) supervisor.start();
  }

  /** Ends all; safe without a start, and twice. */
  async stop(): Promise<void> {
    this.ending.abort();
    await Promise.all([...this.hosted.values()].map(({ supervisor }) => supervisor.stop()));
  }

  health(): ReadonlyArray<InstanceHealth> {
    return [...this.hosted.values()].map(({ supervisor }) => supervisor.health);
  }

  /** Throws `RecorderUnavailable` at the first read. */
  override async *fetch(instance: string, ref: string): AsyncIterable<Uint8Array> {
    yield* this.audioOf(instance, 'fetch').fetch(ref);
  }

  /** Throws `RecorderUnavailable`. */
  override async delete(instance: string, ref: string): Promise<void> {
    await this.audioOf(instance, 'delete').delete(ref);
  }

  /** Throws `RecorderUnavailable`. */
  override async isGone(instance: string, ref: string): Promise<boolean> {
    return this.audioOf(instance, 'delete').isGone(ref);
  }

  private audioOf(instance: string, capability: RecorderCapability): AudioAccess {
    const hosted = this.hosted.get(instance);
    if (hosted === undefined) throw new RecorderUnavailable(`no recorder ${instance} is configured`);
    const { recorder, audio } = hosted;
    if (audio === undefined || !recorder.manifest.capabilities.includes(capability))
      throw new RecorderUnavailable(`the recorder ${instance} cannot ${capability}`);
    return audio;
  }
}

/** A fact refused for good is logged and put aside: it must not hold up those behind it. */
const takeIn = async (
  ingest: RecorderIngest,
  instance: string,
  fact: RecorderFact,
  log: RecorderLog,
): Promise<void> => {
  try {
    await ingest.ingest(instance, fact);
  } catch (error) {
    if (!(error instanceof FactRefused)) throw error;
    log.error(`${fact.type} was refused: ${error.reasons.join(', ')}`);
  }
};
