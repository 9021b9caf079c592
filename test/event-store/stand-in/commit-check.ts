/** Expected revisions that are no revision, numbered as the server does. */
export const NO_STREAM = -1;
export const ANY = -2;
export const EXISTS = -4;

/** What the check must know of the stream. `current` is its last revision, -1 without any. */
export interface StreamState {
  readonly current: number;
  readonly isTombstoned: boolean;
  readonly isSoftDeleted: boolean;
  readonly hasMetadata: boolean;
  idAt(revision: number): string | undefined;
  /** Where the id was stored lately, if it was. */
  recentRevisionOf(id: string): number | undefined;
}

/** `repeated`: all of it is stored already, the last of it at `last`. */
export type Decision = 'commit' | 'wrong-expected-version' | 'stream-deleted' | { readonly repeated: number };

/**
 * May these ids follow `expected`? With a revision, a repeat is recognised by the ids at the exact places; with `ANY` and
 * `EXISTS` by what a small memory of recent ids holds. Contents are never compared.
 */
export const checkCommit = (stream: StreamState, expected: number, ids: ReadonlyArray<string>): Decision => {
  if (stream.isTombstoned) return 'stream-deleted';
  if (expected === EXISTS) {
    if (stream.isSoftDeleted) return 'stream-deleted';
    if (stream.current < 0 && !stream.hasMetadata) return 'wrong-expected-version';
  }
  if (expected === ANY || expected === EXISTS) {
    const known = ids.map((id) => stream.recentRevisionOf(id));
    if (known[0] === undefined) return 'commit';
    return known.includes(undefined) ? 'wrong-expected-version' : { repeated: known.at(-1)! };
  }
  if (expected > stream.current) return 'wrong-expected-version';
  if (expected === stream.current) return 'commit';
  const differs = ids.findIndex((id, index) => stream.idAt(expected + 1 + index) !== id);
  if (ids.length > 0 && differs === -1) return { repeated: expected + ids.length };
  return differs === 0 && expected === NO_STREAM && stream.isSoftDeleted ? 'commit' : 'wrong-expected-version';
};
