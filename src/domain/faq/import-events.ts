import type { TypeOf } from 'io-ts';
import { integer, list, pattern, record, series } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { ArticleId } from '../kernel/ids.js';
import { ArticleContent } from './events.js';

/** The most articles that one import takes. */
export const MAX_ROWS = 10_000;
const count = integer(0, MAX_ROWS);

/** Some rows of an import, kept until it is complete; a stream of their own. */
export type ImportPartId = string & { readonly ImportPartId: unique symbol };
const ImportPartId = pattern<ImportPartId>('the id of a part of an import', /^[0-9a-f-]{36}$/, {
  format: 'uuid',
  maxLength: 36,
});

/** An article and what it becomes; without content it was the same already when the import was accepted. */
export const StagedArticle = record('StagedArticle', { article: ArticleId }, { content: ArticleContent });
export type StagedArticle = TypeOf<typeof StagedArticle>;

export const ArticlesStaged = defineEvent(
  'ArticlesStaged',
  record('ArticlesStaged', { articles: series(StagedArticle, MAX_ROWS) }),
);
export const importPartEvents = [ArticlesStaged] as const;
export type ImportPartEvent = EventOf<(typeof importPartEvents)[number]>;

/** Every row was found right, and all of them will be done. The counts are of that moment. */
export const FaqImported = defineEvent(
  'FaqImported',
  record('FaqImported', {
    /** Keyed, of all rows: tells the same file from another. */
    digest: pattern<string>('a digest', /^[0-9a-f]{64}$/, { maxLength: 64 }),
    created: count,
    revised: count,
    unchanged: count,
    parts: list(ImportPartId, MAX_ROWS),
  }),
);
/** `overtaken`: rows whose article others retired or gave to another department in between, and which so changed nothing. */
export const FaqImportCompleted = defineEvent('FaqImportCompleted', record('FaqImportCompleted', { overtaken: count }));
export const faqImportEvents = [FaqImported, FaqImportCompleted] as const;
export type FaqImportEvent = EventOf<(typeof faqImportEvents)[number]>;
