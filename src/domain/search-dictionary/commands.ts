import type { TypeOf } from 'io-ts';
import type { Command } from '../kernel/decider.js';
import type { SynonymGroupId } from '../kernel/ids.js';
import type { StopWord, Synonyms } from './events.js';

export type ChangeSynonyms = Synonyms & { readonly group: SynonymGroupId };
export type RemoveSynonyms = { readonly group: SynonymGroupId };
export type StopWord = TypeOf<typeof StopWord>;

export type SearchDictionaryCommand =
  /** `facts.group`: the id that follows from the command's own. */
  | Command<'DefineSynonyms', Synonyms, { readonly group: SynonymGroupId }>
  | Command<'ChangeSynonyms', ChangeSynonyms>
  | Command<'RemoveSynonyms', RemoveSynonyms>
  | Command<'AddStopWord', StopWord>
  | Command<'RemoveStopWord', StopWord>;
