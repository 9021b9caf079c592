/** One thing that an exchange did or was asked, in the order in which it came about. */
export type Step =
  | { readonly request: CapturedRequest }
  | { readonly event: unknown }
  /** A row appended to the file of CEL or the CDR. */
  | { readonly cel: string }
  | { readonly cdr: string }
  /** A file of MixMonitor's, finished. */
  | { readonly file: { readonly name: string; bytes: number } };

export interface CapturedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  status: number;
  /** Of a JSON answer. */
  body?: unknown;
  /** Of a WAV. */
  bytes?: number;
}

/** What an adapter asks again and again, whatever happens. */
export const isPoll = (method: string, path: string): boolean =>
  method === 'GET' && ['/channels', '/bridges', '/asterisk/info'].includes(path);
