import { defineRecorder } from '../../sdk/recorder.js';
import { tone } from './tone.js';

/** Seconds of audio, whatever the call lasted: enough to hear that there is some. */
const SECONDS = 3;
const deletion = (recording: string) => `deleted:${recording}`;

/** The size of every recording that this recorder holds, in bytes. */
export const SAMPLE_BYTES = tone(SECONDS, 440).length;

/**
 * The recorder of the sample city: it tells of no calls, and holds a tone for each recording that the city was loaded
 * with, until it is deleted.
 */
export const sampleRecorder = defineRecorder({
  manifest: { name: 'sample', version: '1.0.0', apiVersion: 1, capabilities: ['fetch', 'delete'] },
  config: () => ({ ok: true, value: {} }),
  start: async () => {
    const ended = Promise.withResolvers<void>();
    return { finished: ended.promise, stop: async () => ended.resolve() };
  },
  audio: ({ state }) => {
    const isGone = async (recording: string) => (await state.get(deletion(recording))) !== undefined;
    return {
      fetch: async function* (recording) {
        if (await isGone(recording)) throw new Error('the recording was deleted');
        yield tone(SECONDS, 440);
      },
      delete: (recording) => state.set(deletion(recording), 'yes'),
      isGone,
    };
  },
});
