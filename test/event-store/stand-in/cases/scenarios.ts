/** The expected revision. */
export type Expected = number | 'any' | 'exists' | 'no_stream';

export interface AppendStep {
  readonly append: string;
  readonly ids?: ReadonlyArray<string>;
  /** So many events of fresh ids, in place of `ids`. */
  readonly count?: number;
  readonly exp: Expected;
  readonly type?: string;
  readonly data?: unknown;
  readonly meta?: object;
  /** So many bytes, in place of `data`. */
  readonly binary?: number;
  /** The stream is named as it stands. */
  readonly literal?: true;
  readonly badId?: true;
  readonly upperId?: true;
}

export interface ReadStep {
  readonly read: string;
  readonly from?: number | 'start' | 'end';
  readonly dir?: 'backwards';
  readonly max?: number;
  readonly summary?: true;
}

export interface ReadAllStep {
  readonly readAll: true;
  /** The place of an event, or one far beyond the last. */
  readonly from: readonly [stream: string, revision: number] | 'far';
  readonly dir?: 'backwards';
  readonly max?: number;
}

export interface DeleteStep {
  readonly delete: string;
  readonly exp: 'any' | number;
}

export interface TombstoneStep {
  readonly tombstone: string;
  readonly exp: 'any';
}

export interface MetadataStep {
  readonly metadata: string;
  readonly set: { readonly maxCount?: number; readonly truncateBefore?: number };
}

/** `live`: what is done while it is subscribed. */
export interface SubscribeStep {
  readonly subscribe: string;
  readonly from: number | 'start' | 'end';
  readonly live?: ReadonlyArray<Step>;
}

export interface SubscribeAllStep {
  readonly subscribeAll: true;
  readonly from: readonly [stream: string, revision: number];
  /** Of the streams' names. */
  readonly prefix: string;
  readonly window?: number;
  readonly interval?: number;
  readonly live?: ReadonlyArray<Step>;
}

export type Step =
  AppendStep | ReadStep | ReadAllStep | DeleteStep | TombstoneStep | MetadataStep | SubscribeStep | SubscribeAllStep;

export interface Scenario {
  readonly name: string;
  readonly steps: ReadonlyArray<Step>;
}

/**
 * What is asked of an event store over the wire, step by step. Streams and ids are symbols: each run has names of its own for
 * them. What a real EventStoreDB 23.10.8 answered is in `answers.json`.
 */
export const scenarios: ReadonlyArray<Scenario> = [
  {
    name: 'append to a new stream, then repeat it',
    steps: [
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      { append: 'A', ids: ['1', '2'], exp: 'no_stream', data: { other: true } },
      { read: 'A' },
    ],
  },
  {
    name: 'a repeat that only partly matches',
    steps: [
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      { append: 'A', ids: ['1'], exp: 'no_stream' },
      { append: 'A', ids: ['1', '2', '3'], exp: 'no_stream' },
      { append: 'A', ids: ['2', '1'], exp: 'no_stream' },
      { append: 'A', ids: ['2'], exp: 0 },
      { append: 'A', ids: ['2', '3'], exp: 0 },
      { append: 'A', ids: ['3'], exp: 1 },
      { append: 'A', ids: ['2', '3'], exp: 0 },
      { read: 'A' },
    ],
  },
  {
    name: 'a conflict names both revisions',
    steps: [
      { append: 'A', ids: ['1', '2', '3'], exp: 'no_stream' },
      { append: 'A', ids: ['x'], exp: 'no_stream' },
      { append: 'A', ids: ['x'], exp: 1 },
      { append: 'A', ids: ['x'], exp: 7 },
      { append: 'A', ids: ['3'], exp: 7 },
      { append: 'none', ids: ['y'], exp: 'exists' },
      { append: 'none', ids: ['y'], exp: 0 },
      { append: 'A', ids: ['x'], exp: 2 },
      { read: 'A' },
    ],
  },
  {
    name: 'any and exists',
    steps: [
      { append: 'A', ids: ['1'], exp: 'any' },
      { append: 'A', ids: ['1'], exp: 'any' },
      { append: 'A', ids: ['2'], exp: 'exists' },
      { append: 'A', ids: ['1'], exp: 'any' },
      { append: 'A', ids: ['2', '1'], exp: 'any' },
      { append: 'A', ids: ['3'], exp: 'any' },
      { read: 'A' },
    ],
  },
  {
    name: 'the same id twice in one append, and in two streams',
    steps: [
      { append: 'A', ids: ['1', '1'], exp: 'no_stream' },
      { append: 'B', ids: ['1'], exp: 'no_stream' },
      { read: 'A' },
      { read: 'B' },
    ],
  },
  {
    name: 'an append of nothing',
    steps: [
      { append: 'A', ids: [], exp: 'no_stream' },
      { read: 'A' },
      { append: 'B', ids: ['1'], exp: 'no_stream' },
      { append: 'B', ids: [], exp: 0 },
      { append: 'B', ids: [], exp: 4 },
      { read: 'B' },
    ],
  },
  {
    name: 'reads at the edges',
    steps: [
      { read: 'A' },
      { append: 'A', ids: ['1', '2', '3', '4'], exp: 'no_stream' },
      { read: 'A', max: 2 },
      { read: 'A', from: 2 },
      { read: 'A', from: 2, max: 1 },
      { read: 'A', from: 99 },
      { read: 'A', dir: 'backwards', from: 'end', max: 1 },
      { read: 'A', dir: 'backwards', from: 2 },
      { read: 'A', dir: 'backwards', from: 99 },
      { read: 'A', dir: 'backwards', from: 'start' },
      { read: 'A', from: 'end' },
      { read: 'A', max: 0 },
    ],
  },
  {
    name: 'the order of $all, and where a read starts',
    steps: [
      { append: 'A', ids: ['1'], exp: 'no_stream' },
      { append: 'B', ids: ['2', '3'], exp: 'no_stream' },
      { append: 'A', ids: ['4'], exp: 0 },
      { readAll: true, from: ['A', 0] },
      { readAll: true, from: ['B', 0], max: 2 },
      { readAll: true, from: ['B', 1], dir: 'backwards', max: 2 },
      { readAll: true, from: 'far' },
    ],
  },
  {
    name: 'soft delete',
    steps: [
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      { delete: 'A', exp: 7 },
      { delete: 'A', exp: 1 },
      { read: 'A' },
      { append: 'A', ids: ['3'], exp: 'no_stream' },
      { read: 'A' },
      { append: 'A', ids: ['4'], exp: 2 },
      { delete: 'A', exp: 'any' },
      { append: 'A', ids: ['5'], exp: 3 },
      { read: 'A' },
      { delete: 'none', exp: 'any' },
      { readAll: true, from: ['A', 0] },
    ],
  },
  {
    name: 'tombstone',
    steps: [
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      { tombstone: 'A', exp: 'any' },
      { read: 'A' },
      { append: 'A', ids: ['3'], exp: 'any' },
      { append: 'A', ids: ['3'], exp: 'no_stream' },
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      { tombstone: 'A', exp: 'any' },
      { subscribe: 'A', from: 'start' },
    ],
  },
  {
    name: 'stream metadata hides',
    steps: [
      { append: 'A', ids: ['1', '2', '3'], exp: 'no_stream' },
      { metadata: 'A', set: { maxCount: 1 } },
      { read: 'A' },
      { metadata: 'A', set: { truncateBefore: 5 } },
      { read: 'A' },
      { append: 'A', ids: ['4'], exp: 2 },
      { read: 'A' },
      { append: 'A', ids: ['5', '6'], exp: 3 },
      { read: 'A' },
    ],
  },
  {
    name: 'names, types, ids and payloads',
    steps: [
      { append: '', ids: ['1'], exp: 'any', literal: true },
      { append: '呼/着信 "1"', ids: ['1'], exp: 'no_stream', type: '着信', data: { 名: '𠮷野家', n: null } },
      { read: '呼/着信 "1"' },
      { append: 'A', ids: ['2'], exp: 'no_stream', type: '' },
      { append: 'A', ids: ['3'], exp: 'no_stream', badId: true },
      { append: 'A', ids: ['4'], exp: 'no_stream', upperId: true },
      { append: 'A', ids: ['5'], exp: 0, binary: 3, meta: { k: 'v' } },
      { append: 'A', ids: ['6'], exp: 1, binary: 0 },
      { read: 'A' },
    ],
  },
  {
    name: 'sizes',
    steps: [
      { append: 'A', ids: ['1'], exp: 'no_stream', binary: 1048576 },
      { append: 'A', ids: ['2'], exp: 0, binary: 1048577 },
      { append: 'A', ids: ['2'], exp: 0, binary: 4300000 },
      { append: 'A', count: 900, exp: 0, binary: 1024 },
      { append: 'B', count: 1100, exp: 'no_stream', binary: 1024 },
      { append: 'C', count: 5000, exp: 'no_stream', binary: 4 },
      { read: 'A', summary: true },
      { read: 'B', summary: true },
      { read: 'C', summary: true },
    ],
  },
  {
    name: 'a stream subscription from the start, over to live',
    steps: [
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      {
        subscribe: 'A',
        from: 'start',
        live: [
          { append: 'A', ids: ['3'], exp: 1 },
          { append: 'A', ids: ['3'], exp: 1 },
          { append: 'B', ids: ['4'], exp: 'no_stream' },
          { append: 'A', ids: ['5'], exp: 2 },
        ],
      },
      { subscribe: 'A', from: 1 },
      { subscribe: 'A', from: 'end', live: [{ append: 'A', ids: ['6'], exp: 3 }] },
    ],
  },
  {
    name: 'a stream subscription before the stream exists',
    steps: [{ subscribe: 'A', from: 'start', live: [{ append: 'A', ids: ['1'], exp: 'no_stream' }] }],
  },
  {
    name: 'a stream subscription across delete and tombstone',
    steps: [
      { append: 'A', ids: ['1', '2'], exp: 'no_stream' },
      {
        subscribe: 'A',
        from: 'start',
        live: [
          { delete: 'A', exp: 1 },
          { append: 'A', ids: ['3'], exp: 'no_stream' },
        ],
      },
      { subscribe: 'A', from: 'start', live: [{ tombstone: 'A', exp: 'any' }] },
    ],
  },
  {
    name: 'a subscription to $all by stream prefix',
    steps: [
      { append: 'A', ids: ['1'], exp: 'no_stream' },
      { append: 'B', ids: ['2'], exp: 'no_stream' },
      { subscribeAll: true, from: ['A', 0], prefix: '', live: [{ append: 'C', ids: ['3'], exp: 'no_stream' }] },
      {
        subscribeAll: true,
        from: ['B', 0],
        prefix: 'B',
        live: [
          { append: 'C', ids: ['4'], exp: 0 },
          { append: 'B', ids: ['5'], exp: 0 },
        ],
      },
    ],
  },
  {
    name: 'checkpoints of a filtered subscription, live',
    steps: [
      { append: 'A', ids: ['1'], exp: 'no_stream' },
      {
        subscribeAll: true,
        from: ['A', 0],
        prefix: 'none',
        window: 1,
        interval: 1,
        live: [
          { append: 'B', ids: ['2'], exp: 'no_stream' },
          { append: 'B', ids: ['3'], exp: 0 },
        ],
      },
    ],
  },
];
