import type { TypeOf } from 'io-ts';
import { pattern, record } from './codec.js';
import { RecorderCode } from './ids.js';

/** What a recorder calls something of its own. Never a citizen's number: ingestion refuses a reference that holds one. */
export type ExternalRef = string & { readonly ExternalRef: unique symbol };
export const ExternalRef = pattern<ExternalRef>('a recorder’s reference', /^[A-Za-z0-9._:/-]+$/, {
  maxLength: 200,
  examples: ['1795292498.0'],
});

/** Where a call or a recording comes from: the recorder instance, and its name there. */
export const Source = record('Source', { recorder: RecorderCode, ref: ExternalRef });
export type Source = TypeOf<typeof Source>;
