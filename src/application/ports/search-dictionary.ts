import type { SynonymGroup } from '../../domain/search-dictionary/events.js';

/** The search dictionary at one moment. It never changes: after an edit there is another. */
export interface Dictionary {
  readonly synonyms: ReadonlyArray<SynonymGroup>;
  readonly stopWords: ReadonlyArray<string>;
  /** Of the dictionary's stream; absent: nobody has edited it yet. */
  readonly revision?: number;
}

/** Port: the synonyms and stop words that are applied to queries. */
export abstract class SearchDictionary {
  /** As it is known here now: an edit made in any process is in it within seconds. */
  abstract current(): Dictionary;
}
