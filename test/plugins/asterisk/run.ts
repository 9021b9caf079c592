import { EventEmitter, once } from 'node:events';
import { onTestFinished } from 'vitest';
import { asteriskRecorder } from '../../../src/plugins/recorders/asterisk/asterisk-recorder.js';
import type { AudioAccess, RecorderFact, RecorderState, RunningRecorder } from '../../../src/plugins/sdk/recorder.js';
import type { MemoryIngest } from '../memory-ingest.js';

/** A running recorder, the audio it holds, and what it logs. */
export interface Run {
  readonly recorder: RunningRecorder;
  readonly audio: AudioAccess;
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
  const context = {
    instance: 'asterisk-honcho',
    log: { info: log, warn: log, error: log },
    state,
    signal: ended.signal,
  };
  const emit = (fact: RecorderFact) => ingest.ingest('asterisk-honcho', fact);
  const recorder = await configured.value.start({ ...context, emit });
  const audio = configured.value.audio!(context);
  onTestFinished(async () => {
    ended.abort();
    await recorder.stop();
  });
  const connected = async (times = 1) => {
    while (messages.filter((message) => message === 'connected to ARI').length < times) await once(logged, 'message');
  };
  return { recorder, audio, messages, connected };
};

export const bytesOf = async (audio: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(audio));
