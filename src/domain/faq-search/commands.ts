import type { TypeOf } from 'io-ts';
import { record, text } from '../kernel/codec.js';
import type { Command } from '../kernel/decider.js';
import { ArticleId } from '../kernel/ids.js';
import { Hits } from './events.js';

/** A search that is over: an article was chosen, or the operator went another way. */
export const SettleFaqSearch = record(
  'SettleFaqSearch',
  {
    text: text(500, 'As it was searched for. Not stored: only the words of it that the published FAQ knows.'),
    hits: Hits,
  },
  { chosen: ArticleId },
);

/** What the published FAQ knows of the text's words, and whether there is the article that was chosen. */
export interface FaqSearchFacts {
  readonly known: ReadonlyArray<string>;
  readonly others: number;
  readonly articleKnown: boolean;
}

export type FaqSearchCommand = Command<'SettleFaqSearch', TypeOf<typeof SettleFaqSearch>, FaqSearchFacts>;
