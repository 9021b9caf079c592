import type { ConfigError, Parsed } from '../../sdk/recorder.js';

export interface AsteriskConfig {
  /** Such as `http://127.0.0.1:8088/ari`. */
  readonly ariUrl: string;
  readonly user: string;
  readonly password: string;
  /** The Stasis application whose calls Madoguchi conducts. */
  readonly app: string;
  readonly site: string;
  /** Dialled extension -> code of the line. Calls to other extensions are left alone. */
  readonly lines: Readonly<Record<string, string>>;
  /** The sound that announces the recording, without `sound:`; played by the dialplan or by Madoguchi. */
  readonly announcement: string;
  /** Where conducted calls are put through to, such as `Local/operator@queue`. */
  readonly operator: string;
  /** cel_custom's and cdr_custom's files, with the columns of docs/guides/asterisk.md. */
  readonly celFile: string;
  readonly cdrFile: string;
  /** The folder of MixMonitor's files, as seen from here. */
  readonly monitorDir: string;
  /** The same folder, as the exchange's dialplan names it. */
  readonly exchangeMonitorDir: string;
  /** Begins the names of bridges and recordings that Madoguchi makes in the exchange. */
  readonly prefix: string;
  /** Marks a call as an emergency's. */
  readonly emergencyAccountCode: string;
}

const texts = {
  ariUrl: undefined,
  user: undefined,
  app: undefined,
  site: undefined,
  announcement: undefined,
  operator: undefined,
  celFile: undefined,
  cdrFile: undefined,
  monitorDir: undefined,
  exchangeMonitorDir: '/var/spool/asterisk/monitor',
  prefix: 'madoguchi',
  emergencyAccountCode: 'emergency',
} as const satisfies Record<string, string | undefined>;

type TextField = keyof typeof texts;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isHttpUrl = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/** The password stands in the configuration, or in the environment variable that `passwordEnv` names. */
export const parseConfig = (input: unknown, env: NodeJS.ProcessEnv = process.env): Parsed<AsteriskConfig> => {
  if (!isObject(input)) return { ok: false, errors: [{ field: '', message: 'must be an object' }] };
  const errors: Array<ConfigError> = [];
  const wrong = (field: string, message: string) => errors.push({ field, message });

  const read = Object.fromEntries(
    Object.entries(texts).map(([field, preset]) => {
      const value = input[field] ?? preset;
      if (!isText(value)) wrong(field, 'must be a text that is not empty');
      return [field, value];
    }),
  ) as Record<TextField, string>;
  if (isText(read.ariUrl) && !isHttpUrl(read.ariUrl)) wrong('ariUrl', 'must be an http or https URL');
  if (isText(read.prefix) && !/^[a-z][a-z0-9]*$/.test(read.prefix))
    wrong('prefix', 'must be lower-case letters and digits');

  const { passwordEnv } = input;
  const password = isText(passwordEnv) ? env[passwordEnv] : input.password;
  if (passwordEnv !== undefined && input.password !== undefined) wrong('passwordEnv', 'must not stand beside password');
  if (!isText(password))
    wrong(
      passwordEnv === undefined ? 'password' : 'passwordEnv',
      passwordEnv === undefined ? 'must be a text that is not empty' : 'must name an environment variable that is set',
    );

  const lines = isObject(input.lines) ? input.lines : {};
  if (Object.keys(lines).length === 0) wrong('lines', 'must give a line code for at least one extension');
  for (const [extension, line] of Object.entries(lines))
    if (!isText(line)) wrong(`lines.${extension}`, 'must be the code of a line');

  const known = new Set([...Object.keys(texts), 'password', 'passwordEnv', 'lines']);
  for (const field of Object.keys(input)) if (!known.has(field)) wrong(field, 'is no setting of this recorder');

  return errors.length > 0
    ? { ok: false, errors }
    : {
        ok: true,
        value: { ...read, password: password as string, lines: lines as AsteriskConfig['lines'] },
      };
};
