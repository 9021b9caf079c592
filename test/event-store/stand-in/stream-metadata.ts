const GREATEST = 2 ** 63;

/** What the server itself reads of a stream's metadata: which events it hides. */
export interface StreamMetadata {
  readonly maxCount?: number;
  /** In seconds. */
  readonly maxAge?: number;
  readonly truncateBefore?: number;
}

export const metastreamOf = (stream: string): string => `$$${stream}`;
export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const originalOf = (metastream: string): string => metastream.slice(2);

/** Of a stream that was never given any. */
export const defaultMetadata = (stream: string): StreamMetadata => (isMetastream(stream) ? { maxCount: 1 } : {});

const integer = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

/** The data of a `$metadata` event. What is no JSON object counts as none. */
export const parseMetadata = (data: Uint8Array): StreamMetadata => {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    return {};
  }
  if (typeof json !== 'object' || json === null) return {};
  const { $maxCount, $maxAge, $tb } = json as Readonly<Record<string, unknown>>;
  return {
    ...(integer($maxCount) && { maxCount: $maxCount }),
    ...(integer($maxAge) && { maxAge: $maxAge }),
    ...(integer($tb) && { truncateBefore: $tb }),
  };
};

/** A soft delete truncates before the greatest revision there can be. */
export const softDeletion = `{"$tb":9223372036854775807}`;

export const isSoftDeleted = ({ truncateBefore = 0 }: StreamMetadata): boolean => truncateBefore >= GREATEST;

/** What takes a soft delete back: all else stays, and what was there before is hidden. */
export const undeletion = (data: Uint8Array, truncateBefore: number): string =>
  JSON.stringify({ ...(JSON.parse(Buffer.from(data).toString('utf8')) as object), $tb: truncateBefore });
