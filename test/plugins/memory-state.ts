import type { RecorderState } from '../../src/plugins/sdk/recorder.js';

export const memoryState = (): RecorderState & { readonly values: Map<string, string> } => {
  const values = new Map<string, string>();
  return {
    values,
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
  };
};
