import * as t from 'io-ts';
import { Cursor, type PageRequest } from '../../../application/ports/page.js';
import { integer, record } from '../../../domain/kernel/codec.js';

/** The query fields by which a list is leafed through. */
export const paging = { limit: integer(1, 200, 'How many at most; 50 if absent.'), after: Cursor };

export const pageRequest = ({ limit = 50, after }: { limit?: number; after?: Cursor }): PageRequest => ({
  limit,
  ...(after !== undefined && { after }),
});

/** A page of a list; `next` is absent on the last one. */
export const pageOf = (name: string, item: t.Mixed) => record(name, { items: t.readonlyArray(item) }, { next: Cursor });
