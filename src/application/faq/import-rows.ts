import type { TypeOf } from 'io-ts';
import { ArticleContent } from '../../domain/faq/events.js';
import { MAX_ROWS } from '../../domain/faq/import-events.js';
import { record, series, UncheckedType } from '../../domain/kernel/codec.js';
import { ArticleId } from '../../domain/kernel/ids.js';

/**
 * An article as an import tells it. It is the one of this `id`; without an id, the published one of this `reference`; and
 * where there is none, a new one.
 */
export const ArticleRow = record('ArticleRow', ArticleContent.required, { id: ArticleId, ...ArticleContent.optional });
export type ArticleRow = TypeOf<typeof ArticleRow>;

/** Each row is decoded by the plan, so that what is wrong with the form of one hides nothing that is wrong with another. */
export const ArticleRows = record('ArticleRows', { rows: series(new UncheckedType(ArticleRow), MAX_ROWS) });
