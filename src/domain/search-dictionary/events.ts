import type { TypeOf } from 'io-ts';
import { flag, list, record, text } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { SynonymGroupId } from '../kernel/ids.js';

/** A word or several, as citizens or the city's articles write them. Public text: nothing personal. */
export const Expression = text(60, 'Such as 粗大ごみ or 大きいごみ.');

const expressions = list(Expression, 20);
const optional = { oneWay: flag };

/**
 * Expressions that mean the same (粗大ごみ, 大型ごみ, 大きいごみ): who looks for one finds them all. `oneWay`: who looks for
 * the first finds the others too, but not the reverse (乗り物, バス, 電車). At least two.
 */
export const Synonyms = record('Synonyms', { expressions }, optional);
export type Synonyms = TypeOf<typeof Synonyms>;

export const SynonymGroup = record('SynonymGroup', { group: SynonymGroupId, expressions }, optional);
export type SynonymGroup = TypeOf<typeof SynonymGroup>;

export const SynonymsDefined = defineEvent('SynonymsDefined', SynonymGroup);
export const SynonymsChanged = defineEvent('SynonymsChanged', SynonymGroup);
export const SynonymsRemoved = defineEvent('SynonymsRemoved', record('SynonymsRemoved', { group: SynonymGroupId }));

/** A word that says nothing in a query, such as 手続き where every article is about one. */
export const StopWord = record('StopWord', { word: Expression });
export const StopWordAdded = defineEvent('StopWordAdded', StopWord);
export const StopWordRemoved = defineEvent('StopWordRemoved', StopWord);

export const searchDictionaryEvents = [
  SynonymsDefined,
  SynonymsChanged,
  SynonymsRemoved,
  StopWordAdded,
  StopWordRemoved,
] as const;
export type SearchDictionaryEvent = EventOf<(typeof searchDictionaryEvents)[number]>;
