import type { estypes } from '@elastic/elasticsearch';

/** The operations of a bulk's body: the line that says what to do, and the document after it. */
export const operationsOf = (body: Buffer): ReadonlyArray<string> => {
  const lines = body.toString().trimEnd().split('\n');
  return Array.from({ length: lines.length / 2 }, (_, i) => `${lines[2 * i]}\n${lines[2 * i + 1]}\n`);
};

/** What a cluster answers for an operation that it did not do. */
export const refusedItem = (operation: string, status: number, type: string): estypes.BulkResponse['items'][number] => {
  const [[kind, { _id }]] = Object.entries(JSON.parse(operation.split('\n')[0]!) as object) as [
    ['create' | 'index', { _id: string }],
  ];
  return { [kind]: { _index: '', _id, status, error: { type, reason: 'of the fault proxy' } } };
};
