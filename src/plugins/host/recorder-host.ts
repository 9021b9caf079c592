import type { Lease, Leases } from '../../application/ports/leases.js';
import { PluginState } from '../../application/ports/plugin-state.js';
import { RecorderAudio } from '../../application/ports/recorder-audio.js';
import type { InstanceHealth, RecorderHealth } from '../../application/ports/recorder-health.js';
import { FactRefused, RecorderIngest } from '../../application/ports/recorder-ingest.js';
import type { RecorderCapability, RecorderFact, RecorderLog, RunningRecorder } from '../sdk/recorder.js';
import type { ConfiguredRecorder } from './configuration.js';
import { Supervisor, supervisionTimes, type SupervisionTimes } from './supervisor.js';

/** The instance is not configured, does not run at this moment, or cannot do it. */
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

/** Runs the configured recorders, each by itself (K1) and in one process at a time, takes in what they tell, and reaches the audio they hold (K4). */
export class RecorderHost extends RecorderAudio implements RecorderHealth {
  private readonly supervisors: ReadonlyMap<string, Supervisor>;

  constructor({ recorders, ingest, state, leases, log, times = supervisionTimes }: RecorderHostMeans) {
    super();
    this.supervisors = new Map(
      recorders.map((recorder) => {
        const { instance } = recorder;
        const contextOf = (lease: Lease) => ({
          instance,
          emit: (fact: RecorderFact) => takeIn(ingest, instance, fact, log(instance)),
          log: log(instance),
          state: {
            get: (key: string) => state.get(instance, key),
            set: (key: string, value: string) => state.set(instance, key, value, lease),
          },
        });
        return [instance, new Supervisor(recorder, contextOf, leases, log(instance), times)];
      }),
    );
  }

  start(): void {
    for (const supervisor of this.supervisors.values()) supervisor.start();
  }

  /** Ends all; safe without a start, and twice. */
  async stop(): Promise<void> {
    await Promise.all([...this.supervisors.values()].map((supervisor) => supervisor.stop()));
  }

  health(): ReadonlyArray<InstanceHealth> {
    return [...this.supervisors.values()].map(({ health }) => health);
  }

  /** Throws `RecorderUnavailable` at the first read. */
  override async *fetch(instance: string, ref: string): AsyncIterable<Uint8Array> {
    yield* this.running(instance, 'fetch').fetchAudio(ref);
  }

  /** Throws `RecorderUnavailable`. */
  override async delete(instance: string, ref: string): Promise<void> {
    await this.running(instance, 'delete').deleteAudio(ref);
  }

  /** Throws `RecorderUnavailable`. */
  override async isGone(instance: string, ref: string): Promise<boolean> {
    return this.running(instance, 'delete').isGone(ref);
  }

  private running(instance: string, capability: RecorderCapability): RunningRecorder {
    const supervisor = this.supervisors.get(instance);
    if (supervisor === undefined) throw new RecorderUnavailable(`no recorder ${instance} is configured`);
    if (!supervisor.recorder.manifest.capabilities.includes(capability))
      throw new RecorderUnavailable(`the recorder ${instance} cannot ${capability}`);
    if (supervisor.running === undefined) throw new RecorderUnavailable(`the recorder ${instance} does not run`);
    return supervisor.running;
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
