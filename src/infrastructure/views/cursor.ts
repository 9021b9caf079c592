import { BadCursor, type Cursor } from '../../application/ports/page.js';

/** Where a page ended: the value that the list is ordered by, which never changes, and the document's key. */
export type Place = readonly [string, string];

export const encodeCursor = (place: Place): Cursor =>
  Buffer.from(JSON.stringify(place)).toString('base64url') as Cursor;

/** Throws `BadCursor`. */
export const decodeCursor = (cursor: Cursor): Place => {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === 'string'))
      return place as unknown as Place;
  } catch {
    // Not JSON: answered like any other cursor that no view gave.
  }
  throw new BadCursor('no page ended there');
};
