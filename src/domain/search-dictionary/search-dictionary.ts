import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { invalid, notFound, rule, unless, when, type DomainError } from '../kernel/errors.js';
import type { SynonymGroupId } from '../kernel/ids.js';
import type { SearchDictionaryCommand } from './commands.js';
import {
  searchDictionaryEvents,
  StopWordAdded,
  StopWordRemoved,
  SynonymsChanged,
  SynonymsDefined,
  SynonymsRemoved,
  type SearchDictionaryEvent,
  type SynonymGroup,
  type Synonyms,
} from './events.js';

/** What was removed stays known, so that a removal sent again is told from one of what never was. */
export interface SearchDictionaryState {
  readonly groups: ReadonlyMap<SynonymGroupId, SynonymGroup | 'removed'>;
  readonly stopWords: ReadonlyMap<string, 'in force' | 'removed'>;
}

/** Every process holds the whole dictionary in memory, and looks into it at each key that an operator types. */
const MOST_GROUPS = 1_000;
const MOST_STOP_WORDS = 500;

/** The groups and the stop words in force, oldest first. */
export const synonymGroups = ({ groups }: SearchDictionaryState): ReadonlyArray<SynonymGroup> =>
  [...groups.values()].filter((group) => group !== 'removed');
export const stopWords = ({ stopWords: known }: SearchDictionaryState): ReadonlyArray<string> =>
  [...known].flatMap(([word, status]) => (status === 'removed' ? [] : [word]));

const evolve = (state: SearchDictionaryState, event: SearchDictionaryEvent): SearchDictionaryState => {
  const { groups, stopWords: words } = state;
  switch (event.type) {
    case 'SynonymsDefined':
    case 'SynonymsChanged':
      return { ...state, groups: new Map(groups).set(event.data.group, event.data) };
    case 'SynonymsRemoved':
      return { ...state, groups: new Map(groups).set(event.data.group, 'removed') };
    case 'StopWordAdded':
      return { ...state, stopWords: new Map(words).set(event.data.word, 'in force') };
    case 'StopWordRemoved':
      return { ...state, stopWords: new Map(words).set(event.data.word, 'removed') };
  }
};

/** Width and letter case make no difference to a search. */
const normal = (expression: string) => expression.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

const wordless = (expression: string, field: string): ReadonlyArray<DomainError> =>
  when(!/[\p{L}\p{N}]/u.test(expression), invalid('no_word', 'holds no letter and no digit', field));

const wrongIn = ({ expressions }: Synonyms): ReadonlyArray<DomainError> => {
  const normals = expressions.map(normal);
  return [
    ...when(expressions.length < 2, invalid('too_few_expressions', 'name at least two', 'expressions')),
    ...expressions.flatMap((expression, i) => wordless(expression, `expressions.${i}`)),
    ...normals.flatMap((expression, i) =>
      when(
        normals.indexOf(expression) < i,
        invalid('same_expression', 'stands in the group already', `expressions.${i}`),
      ),
    ),
  ];
};

/** Of a group that goes one way the first is told apart, otherwise order says nothing. */
const sameSynonyms = (a: Synonyms, b: Synonyms) => {
  const oneWay = a.oneWay === true;
  const others = new Set(b.expressions);
  return (
    oneWay === (b.oneWay === true) &&
    a.expressions.length === others.size &&
    a.expressions.every((expression) => others.has(expression)) &&
    (!oneWay || a.expressions[0] === b.expressions[0])
  );
};

/** Whether another group in force holds the same. */
const repeats = (state: SearchDictionaryState, synonyms: Synonyms, group?: SynonymGroupId) =>
  when(
    synonymGroups(state).some((other) => other.group !== group && sameSynonyms(other, synonyms)),
    rule('synonyms_exist', 'another group holds the same expressions', 'expressions'),
  );

const absent = notFound('synonyms_not_found', 'there is no such group of synonyms');

/** Synonyms (同義語) and stop words of the search, one stream for the city: the administrator's affair alone. */
export const searchDictionary: Decider<SearchDictionaryCommand, SearchDictionaryState, SearchDictionaryEvent> = {
  category: 'searchdictionary',
  events: searchDictionaryEvents,
  initial: { groups: new Map(), stopWords: new Map() },
  evolve,
  decide: (command, state) => {
    const entitled = onlyRoles(command.actor, 'administrator');
    switch (command.type) {
      case 'DefineSynonyms':
        return unless(
          [
            ...entitled,
            ...wrongIn(command.data),
            ...repeats(state, command.data),
            ...when(
              synonymGroups(state).length >= MOST_GROUPS,
              rule('dictionary_full', `there are ${MOST_GROUPS} groups already: remove one first`),
            ),
          ],
          () => [SynonymsDefined({ group: command.facts.group, ...command.data })],
        );
      case 'ChangeSynonyms': {
        const { group, ...synonyms } = command.data;
        const known = state.groups.get(group);
        return unless(
          [
            ...entitled,
            ...wrongIn(synonyms),
            ...repeats(state, synonyms, group),
            ...when(known === undefined, absent),
            ...when(known === 'removed', rule('synonyms_removed', 'the group was removed')),
          ],
          () =>
            known !== undefined && known !== 'removed' && sameSynonyms(known, synonyms)
              ? []
              : [SynonymsChanged(command.data)],
        );
      }
      case 'RemoveSynonyms': {
        const known = state.groups.get(command.data.group);
        return unless([...entitled, ...when(known === undefined, absent)], () =>
          known === 'removed' ? [] : [SynonymsRemoved(command.data)],
        );
      }
      case 'AddStopWord': {
        const { word } = command.data;
        const isNew = state.stopWords.get(word) !== 'in force';
        return unless(
          [
            ...entitled,
            ...wordless(word, 'word'),
            ...when(
              isNew && stopWords(state).length >= MOST_STOP_WORDS,
              rule('dictionary_full', `there are ${MOST_STOP_WORDS} stop words already: remove one first`),
            ),
          ],
          () => (isNew ? [StopWordAdded(command.data)] : []),
        );
      }
      case 'RemoveStopWord': {
        const known = state.stopWords.get(command.data.word);
        return unless(
          [...entitled, ...when(known === undefined, notFound('stop_word_not_found', 'there is no such stop word'))],
          () => (known === 'removed' ? [] : [StopWordRemoved(command.data)]),
        );
      }
    }
  },
};
