import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A personal value in one of the forms in which it could lie somewhere. */
interface Trace {
  readonly form: string;
  readonly bytes: Buffer;
}

/** Where a value was found, and in which form; the value itself stays out of the report. */
export interface Find {
  readonly value: number;
  readonly form: string;
  readonly where: string;
}

const jsonEscaped = (text: string, hex: (digits: string) => string) =>
  text
    .split('')
    .map((unit) => `\\u${hex(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`)
    .join('');

/** base64 of a text that begins anywhere: three alignments, without the characters that its neighbours touch. */
const base64Forms = (bytes: Buffer, encoding: 'base64' | 'base64url') =>
  [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString(encoding)
      .replaceAll('=', '');
    const from = shift === 0 ? 0 : shift + 1;
    const whole = Math.floor((shift + bytes.length) / 3) * 4;
    return text.slice(from, whole);
  });

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** UTF-8, UTF-16, base64, hex, URL- and JSON-escaped, each of the value, of its NFKC form and of its digits alone. */
const tracesOf = (value: string): ReadonlyArray<Trace> => {
  const digits = value.normalize('NFKC').replaceAll(/\D/g, '');
  const texts = [
    ['as is', value],
    ['NFKC', value.normalize('NFKC')],
    ...(digits.length >= 7 ? [['digits', digits] as const] : []),
  ] as const;
  const traces = texts.flatMap(([kind, text]) => {
    const utf8 = Buffer.from(text);
    const forms: ReadonlyArray<readonly [string, string | Buffer]> = [
      ['UTF-8', utf8],
      ['UTF-16LE', Buffer.from(text, 'utf16le')],
      ['UTF-16BE', utf16be(text)],
      ['hex', utf8.toString('hex')],
      ['HEX', utf8.toString('hex').toUpperCase()],
      ['URL', encodeURIComponent(text)],
      ['url', encodeURIComponent(text).toLowerCase()],
      ['JSON', jsonEscaped(text, (hex) => hex)],
      ['JSON upper', jsonEscaped(text, (hex) => hex.toUpperCase())],
      ...base64Forms(utf8, 'base64').map((form) => ['base64', form] as const),
      ...base64Forms(utf8, 'base64url').map((form) => ['base64url', form] as const),
    ];
    return forms.map(([form, bytes]) => ({ form: `${form} of ${kind}`, bytes: Buffer.from(bytes as string) }));
  });
  return traces.filter(({ bytes }) => bytes.length >= 6);
};

/** Looks for values in bytes. */
export const scan = (values: ReadonlyArray<string>, where: string, content: Buffer): ReadonlyArray<Find> =>
  values.flatMap((value, i) =>
    tracesOf(value)
      .filter(({ bytes }) => content.includes(bytes))
      .map(({ form }) => ({ value: i, form, where })),
  );

/** Looks for values in every file of a folder and those below, and in their names. */
export const scanFolder = (values: ReadonlyArray<string>, folder: string): ReadonlyArray<Find> =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(folder, name);
    const content = statSync(path).isFile() ? readFileSync(path) : Buffer.alloc(0);
    return [...scan(values, name, content), ...scan(values, `name of ${name}`, Buffer.from(name))];
  });
