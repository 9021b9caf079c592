import { EventEmitter, once } from 'node:events';
import { onTestFinished } from 'vitest';
import { asteriskRecorder } from '../../../src/plugins/recorders/asterisk/asterisk-recorder.js';
import type { RecorderState, RunningRecorder } from '../../../src/plugins/sdk/recorder.js';
import type { MemoryIngest } from '../memory-ingest.js';

/** A running recorder, and what it logs. */
export interface Run {
  readonly recorder: RunningRecorder;
  readonly messages: ReadonlyArray<string>;
  /** Resolves when it is connected, for the nth time. */
  readonly connected: (times?: number) => Promise<void>;
}

/** Starts the recorder; it ends with the test at the latest. */
export const run = async (config: unknown, ingest: MemoryIngest, state: RecorderState): Promise<Run> => {
  const configured = asteriskRecorder.configure(config);
  if (!configured.ok) throw new Error(JSON.stringify(configured.errors));
  const ended = new AbortController();
  const messages: Array<string> = [];
  const logged = new EventEmitter();
  const log = (message: string) => {
    messages.push(message);
    logged.emit('message');
  };
  const recorder = await configured.value({
    instance: 'asterisk-honcho',
    emit: (fact) => ingest.ingest('asterisk-honcho', fact),
    log: { info: log, warn: log, error: log },
    state,
    signal: ended.signal,
  });
  onTestFinished(async () => {
    ended.abort();
    await recorder.stop();
  });
  const connected = async (times = 1) => {
    while (messages.filter((message) => message === 'connected to ARI').length < times) await once(logged, 'message');
  };
  return { recorder, messages, connected };
};

export const bytesOf = async (audio: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(audio));
