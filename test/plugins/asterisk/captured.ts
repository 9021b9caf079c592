import { readFileSync } from 'node:fs';
import { parseCdr, parseCel } from '../../../src/plugins/recorders/asterisk/call-records.js';
import type { AsteriskConfig } from '../../../src/plugins/recorders/asterisk/config.js';
import type { Step } from './exchange.js';
import { lines } from './settings.js';

/** The rows of one call, as written. */
export interface Rows {
  readonly cel: ReadonlyArray<string>;
  readonly cdr: ReadonlyArray<string>;
}

const capture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./captures/${name}.json`, import.meta.url), 'utf8'));

export const calls = capture('calls') as ReadonlyArray<Step>;
export const faults = capture('faults') as Readonly<
  Record<'killedRecordedByDialplan' | 'killedConducted' | 'announcementCutOff' | 'refused', Rows>
>;

/** The id of the captured call on an extension. */
export const callOn = (extension: string): string =>
  calls
    .flatMap((step) => ('cel' in step ? [parseCel(step.cel)] : []))
    .find((row) => row?.type === 'CHAN_START' && row.extension === extension)?.call ?? '';

/** The rows of the captured call on an extension. */
export const rowsOf = (extension: string): Rows => {
  const call = callOn(extension);
  return {
    cel: calls.flatMap((step) => ('cel' in step && parseCel(step.cel)?.call === call ? [step.cel] : [])),
    cdr: calls.flatMap((step) => ('cdr' in step && parseCdr(step.cdr)?.call === call ? [step.cdr] : [])),
  };
};

/** The configuration that the captures were made with. */
export const config: AsteriskConfig = {
  ariUrl: 'http://127.0.0.1:8088/ari',
  user: 'madoguchi',
  password: 'synthetic',
  app: 'madoguchi',
  site: 'honcho',
  lines,
  announcement: 'madoguchi/announce',
  operator: 'Local/operator@madoguchi-operator',
  celFile: '/var/log/asterisk/cel-custom/cel.csv',
  cdrFile: '/var/log/asterisk/cdr-custom/cdr.csv',
  monitorDir: '/var/spool/asterisk/monitor',
  exchangeMonitorDir: '/var/spool/asterisk/monitor',
  prefix: 'madoguchi',
  emergencyAccountCode: 'emergency',
};
