import { isAbsolute, relative } from 'node:path/posix';
import { recordingName } from './names.js';

/**
 * A recording is one that ARI stored (`ari:madoguchi/1795292528.17`) or a file of MixMonitor, by its path in the
 * monitor folder (`monitor:1795292498.0.wav`).
 */
export type RecordingRef =
  { readonly kind: 'ari'; readonly name: string } | { readonly kind: 'monitor'; readonly path: string };

export const conductedRef = (prefix: string, call: string): string => `ari:${recordingName(prefix, call)}`;

/** The dialplan may name the file from the root. */
export const monitorRef = (file: string, exchangeMonitorDir: string): string =>
  `monitor:${isAbsolute(file) ? relative(exchangeMonitorDir, file) : file}`;

/** A reference that names nothing of this recorder's, or leads out of its folders. */
export class BadReference extends Error {
  constructor() {
    super('this is no reference of a recording here');
  }
}

/** Throws `BadReference`. */
export const parseRef = (ref: string, prefix: string): RecordingRef => {
  const [, kind, path] = /^(ari|monitor):([A-Za-z0-9._/-]+)$/.exec(ref) ?? [];
  const inside = path !== undefined && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!inside) throw new BadReference();
  if (kind === 'monitor') return { kind, path };
  if (!path.startsWith(`${prefix}/`)) throw new BadReference();
  return { kind: 'ari', name: path };
};

const mediaTypes: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  ulaw: 'audio/basic',
};

/** By the ending of the file's name; ARI stores WAV. */
export const mediaTypeOf = (ref: RecordingRef): string => {
  if (ref.kind === 'ari') return 'audio/wav';
  const ending = /\.([a-z0-9]+)$/i.exec(ref.path)?.[1]?.toLowerCase() ?? 'unknown';
  return mediaTypes[ending] ?? `audio/x-${ending}`;
};
