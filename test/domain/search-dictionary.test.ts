import { describe, expect, test } from 'vitest';
import { searchDictionary, stopWords, synonymGroups } from '../../src/domain/search-dictionary/search-dictionary.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(searchDictionary);

const group = '0197c1f0-0000-7000-8000-000000000001';
const second = '0197c1f0-0000-7000-8000-000000000002';
const waste = { expressions: ['粗大ごみ', '大型ごみ'] };
const more = { expressions: ['粗大ごみ', '大型ごみ', '大きいごみ'] };
const by = { by: 'administrator' } as const;
const define = { ...by, facts: { group } };

const defined = event('SynonymsDefined', { group, ...waste });
const removed = event('SynonymsRemoved', { group });
const added = event('StopWordAdded', { word: '手続き' });

const many = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    event('SynonymsDefined', {
      group: `0197c1f0-0000-7000-8000-${String(i).padStart(12, '0')}`,
      expressions: [`語${i}`, `別の語${i}`],
    }),
  );

describe('DefineSynonyms', () => {
  test('S1: expressions that mean the same, or of which the first means the others too', () => {
    expect(given().when('DefineSynonyms', waste, define)).toEqual(events(defined));
    const vehicles = { expressions: ['乗り物', 'バス', '電車'], oneWay: true };
    expect(given().when('DefineSynonyms', vehicles, define)).toEqual(
      events(event('SynonymsDefined', { group, ...vehicles })),
    );
  });

  test('S1: all that is wrong is told at once', () => {
    expect(given().when('DefineSynonyms', { expressions: [] }, define)).toEqual(
      refused('too_few_expressions expressions'),
    );
    const wrong = { expressions: ['ＩＣカード', '、', 'icカード', 'ic カード'] };
    expect(given().when('DefineSynonyms', wrong, { ...define, by: 'operator' })).toEqual(
      refused(
        'no_word expressions.1',
        'same_expression expressions.2',
        'same_expression expressions.3',
        'role_not_entitled',
      ),
    );
  });

  test('S1: not what another group holds already, in whatever order', () => {
    const again = { expressions: waste.expressions.toReversed() };
    const facts = { group: second };
    expect(given(defined).when('DefineSynonyms', again, { ...by, facts })).toEqual(
      refused('synonyms_exist expressions'),
    );
    expect(given(defined, removed).when('DefineSynonyms', again, { ...by, facts })).toHaveProperty('events.length', 1);
    // Of a group that goes one way, order says which.
    const oneWay = event('SynonymsDefined', { group, ...waste, oneWay: true });
    for (const [synonyms, outcome] of [
      [{ ...again, oneWay: true }, 'events'],
      [again, 'events'],
      [{ ...waste, oneWay: true }, 'refused'],
    ] as const)
      expect(given(oneWay).when('DefineSynonyms', synonyms, { ...by, facts })).toHaveProperty(outcome);
  });

  test('S1: as many groups as a process can hold', () => {
    const facts = { group: '0297c1f0-0000-7000-8000-000000000000' };
    expect(given(...many(999)).when('DefineSynonyms', waste, { ...by, facts })).toHaveProperty('events');
    expect(given(...many(1_000)).when('DefineSynonyms', waste, { ...by, facts })).toEqual(refused('dictionary_full'));
    const one = event('SynonymsRemoved', { group: '0197c1f0-0000-7000-8000-000000000007' });
    expect(given(...many(1_000), one).when('DefineSynonyms', waste, { ...by, facts })).toHaveProperty('events');
  });
});

describe('ChangeSynonyms', () => {
  test('S1: the group holds others from now on; the same, in whatever order, change nothing', () => {
    const changed = event('SynonymsChanged', { group, ...more });
    expect(given(defined).when('ChangeSynonyms', { group, ...more }, by)).toEqual(events(changed));
    expect(given(defined).when('ChangeSynonyms', { group, ...waste }, by)).toEqual(events());
    expect(given(defined).when('ChangeSynonyms', { group, expressions: waste.expressions.toReversed() }, by)).toEqual(
      events(),
    );
  });

  test('S1: only a group that there is, to what no other holds', () => {
    expect(given().when('ChangeSynonyms', { group, ...more }, by)).toEqual(refused('synonyms_not_found'));
    expect(given(defined, removed).when('ChangeSynonyms', { group, ...more }, by)).toEqual(refused('synonyms_removed'));
    const other = event('SynonymsDefined', { group: second, ...more });
    expect(given(defined, other).when('ChangeSynonyms', { group, ...more }, by)).toEqual(
      refused('synonyms_exist expressions'),
    );
    expect(given(defined).when('ChangeSynonyms', { group, expressions: ['…'] }, by)).toEqual(
      refused('too_few_expressions expressions', 'no_word expressions.0'),
    );
  });
});

describe('RemoveSynonyms', () => {
  test('S1: removed once, and only what there is', () => {
    expect(given(defined).when('RemoveSynonyms', { group }, by)).toEqual(events(removed));
    expect(given(defined, removed).when('RemoveSynonyms', { group }, by)).toEqual(events());
    expect(given().when('RemoveSynonyms', { group }, by)).toEqual(refused('synonyms_not_found'));
  });
});

describe('stop words', () => {
  const word = { word: '手続き' };
  const gone = event('StopWordRemoved', word);

  test('S1: added once, removed once, and again', () => {
    expect(given().when('AddStopWord', word, by)).toEqual(events(added));
    expect(given(added).when('AddStopWord', word, by)).toEqual(events());
    expect(given(added, gone).when('AddStopWord', word, by)).toEqual(events(added));
    expect(given(added).when('RemoveStopWord', word, by)).toEqual(events(gone));
    expect(given(added, gone).when('RemoveStopWord', word, by)).toEqual(events());
    expect(given().when('RemoveStopWord', word, by)).toEqual(refused('stop_word_not_found'));
  });

  test('S1: what holds no word is none, and there is room for 500', () => {
    expect(given().when('AddStopWord', { word: '。' }, by)).toEqual(refused('no_word word'));
    const full = Array.from({ length: 500 }, (_, i) => event('StopWordAdded', { word: `語${i}` }));
    expect(given(...full).when('AddStopWord', word, by)).toEqual(refused('dictionary_full'));
    expect(given(...full).when('AddStopWord', { word: '語7' }, by)).toEqual(events());
  });
});

test('S1: what was removed is in force no more', () => {
  const second = event('StopWordAdded', { word: '方法' });
  const history = [defined, added, second, event('StopWordRemoved', { word: '手続き' })];
  const state = history.reduce(searchDictionary.evolve, searchDictionary.initial);
  expect([synonymGroups(state), stopWords(state)]).toEqual([[{ group, ...waste }], ['方法']]);
  expect(synonymGroups(searchDictionary.evolve(state, removed))).toEqual([]);
});

test('S1: the dictionary is the administrator’s affair alone', () => {
  const attempts = [
    () => rolesThatMay((role) => given().when('DefineSynonyms', waste, { by: role, facts: { group } })),
    () => rolesThatMay((role) => given(defined).when('ChangeSynonyms', { group, ...more }, { by: role })),
    () => rolesThatMay((role) => given(defined).when('RemoveSynonyms', { group }, { by: role })),
    () => rolesThatMay((role) => given().when('AddStopWord', { word: '手続き' }, { by: role })),
    () => rolesThatMay((role) => given(added).when('RemoveStopWord', { word: '手続き' }, { by: role })),
  ];
  for (const attempt of attempts) expect(attempt()).toEqual(['administrator']);
});
