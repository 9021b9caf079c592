import { readFileSync } from 'node:fs';
import { parseRecorders, type ConfiguredRecorder } from '../../plugins/host/configuration.js';
import { asteriskRecorder } from '../../plugins/recorders/asterisk/asterisk-recorder.js';

/** The recorder plugins that a configuration can name. */
const plugins = [asteriskRecorder];

/** The recorders' configuration is wrong; names every wrong field, repeats no value. */
export class BadRecorders extends Error {}

/** The recorder instances of a configuration file (docs/guides/asterisk.md); none without a file. */
export const configuredRecorders = (file: string | undefined): ReadonlyArray<ConfiguredRecorder> => {
  if (file === undefined) return [];
  const parsed = parseRecorders(jsonOf(file), plugins);
  if (parsed.ok) return parsed.value;
  const wrong = parsed.errors.map(({ field, message }) => `${field} ${message}`.trim());
  throw new BadRecorders(`${file}:\n  ${wrong.join('\n  ')}`);
};

const jsonOf = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // A syntax error's message would quote the file, and a password stands in it.
    throw new BadRecorders(error instanceof SyntaxError ? `${file}: is no JSON` : `${file}: cannot be read`);
  }
};
