import type { ConfigError, Parsed, ReadyRecorder, RecorderManifest, RecorderPlugin } from '../sdk/recorder.js';

/** An instance that can be started. */
export interface ConfiguredRecorder extends ReadyRecorder {
  readonly instance: string;
  readonly manifest: RecorderManifest;
}

/** The version of the SDK's contract that this host speaks. */
const API_VERSION = 1;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The configuration of all recorders (K1): a list of `{ "instance": "asterisk-honcho", "plugin": "asterisk",
 * "config": { ... } }`. Finds all errors of all instances at once, and repeats no value.
 */
export const parseRecorders = (
  input: unknown,
  plugins: ReadonlyArray<RecorderPlugin>,
): Parsed<ReadonlyArray<ConfiguredRecorder>> => {
  if (!Array.isArray(input)) return { ok: false, errors: [{ field: '', message: 'must be a list of recorders' }] };
  const errors: Array<ConfigError> = [];
  const recorders: Array<ConfiguredRecorder> = [];
  const instances = new Set<string>();
  for (const [i, entry] of (input as ReadonlyArray<unknown>).entries()) {
    const wrong = (field: string, message: string) =>
      errors.push({ field: [i, field].filter((part) => part !== '').join('.'), message });
    if (!isObject(entry)) {
      wrong('', 'must be an object');
      continue;
    }
    const { instance, plugin: name, config } = entry;
    for (const field of Object.keys(entry))
      if (!['instance', 'plugin', 'config'].includes(field)) wrong(field, 'is no setting of a recorder');
    if (typeof instance !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(instance) || instance.length > 40)
      wrong('instance', 'must be lower-case letters, digits and hyphens, at most 40');
    else if (instances.has(instance)) wrong('instance', 'must not stand twice');
    else instances.add(instance);

    const plugin = plugins.find(({ manifest }) => manifest.name === name);
    if (plugin === undefined) {
      wrong('plugin', `must be one of: ${plugins.map(({ manifest }) => manifest.name).join(', ')}`);
      continue;
    }
    if (plugin.manifest.apiVersion !== API_VERSION)
      wrong('plugin', `is written for version ${plugin.manifest.apiVersion} of the SDK, not ${API_VERSION}`);
    const ready = plugin.configure(config);
    if (ready.ok) recorders.push({ ...ready.value, instance: String(instance), manifest: plugin.manifest });
    else for (const { field, message } of ready.errors) wrong(field === '' ? 'config' : `config.${field}`, message);
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: recorders };
};
