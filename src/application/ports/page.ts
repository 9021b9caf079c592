import { scalar } from '../../domain/kernel/codec.js';

/** Where a page ended; opaque, made by the view that answered. */
export type Cursor = string & { readonly Cursor: unique symbol };

export const Cursor = scalar<Cursor>(
  "a page's `next`, as it was given",
  { type: 'string', minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' },
  (u) => typeof u === 'string' && u.length <= 200 && /^[A-Za-z0-9_-]+$/.test(u),
);

/** Some of a list in its order. `next` is absent on the last page. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>;
  readonly next?: Cursor;
}

/** How much of a list is asked for: `limit` items (1 to 200) after the cursor. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: Cursor;
}

/** A cursor that no view gave. */
export class BadCursor extends Error {}
