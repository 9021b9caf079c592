import type * as Dictionary from '../../domain/search-dictionary/commands.js';
import type { Synonyms } from '../../domain/search-dictionary/events.js';
import { searchDictionary } from '../../domain/search-dictionary/search-dictionary.js';
import type { SynonymGroupId } from '../../domain/kernel/ids.js';
import { createdId } from '../aggregates/ids.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class DefineSynonyms extends Submit<Synonyms> {}
export class ChangeSynonyms extends Submit<Dictionary.ChangeSynonyms> {}
export class RemoveSynonyms extends Submit<Dictionary.RemoveSynonyms> {}
export class AddStopWord extends Submit<Dictionary.StopWord> {}
export class RemoveStopWord extends Submit<Dictionary.StopWord> {}

/** The id of the group that a command defines. */
export const synonymGroupId = (commandId: string): SynonymGroupId => createdId(commandId, 'synonyms');

export const searchDictionaryHandlers = [
  handles(DefineSynonyms, searchDictionary, 'DefineSynonyms', async (_, { request }) => ({
    group: synonymGroupId(request.commandId),
  })),
  handles(ChangeSynonyms, searchDictionary, 'ChangeSynonyms', noFacts),
  handles(RemoveSynonyms, searchDictionary, 'RemoveSynonyms', noFacts),
  handles(AddStopWord, searchDictionary, 'AddStopWord', noFacts),
  handles(RemoveStopWord, searchDictionary, 'RemoveStopWord', noFacts),
];
