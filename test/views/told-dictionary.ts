import { SearchDictionary, type Dictionary } from '../../src/application/ports/search-dictionary.js';
import type { SynonymGroupId } from '../../src/domain/kernel/ids.js';
import type { Synonyms } from '../../src/domain/search-dictionary/events.js';

/** A dictionary that holds what a test tells it, at once. */
export class ToldDictionary extends SearchDictionary {
  #told: Dictionary = { synonyms: [], stopWords: [] };

  override current(): Dictionary {
    return this.#told;
  }

  /** Groups of expressions that mean the same, and stop words; what was told before is forgotten. */
  tell({ synonyms = [], stopWords = [] }: { synonyms?: ReadonlyArray<Synonyms>; stopWords?: ReadonlyArray<string> }) {
    const groups = synonyms.map((group, i) => ({ group: `group-${i}` as SynonymGroupId, ...group }));
    this.#told = { synonyms: groups, stopWords };
  }
}
