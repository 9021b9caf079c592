import { describe, expect, test } from 'vitest';
import { faqSearch } from '../../src/domain/faq-search/faq-search.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(faqSearch);

const chosen = '0197c1f0-0000-7000-8000-000000000001';
const search = { text: '粗大ごみの出し方', hits: 3 };
const facts = { known: ['粗大ごみ', '出す'], others: 1, articleKnown: true };
const settle = (more: Partial<typeof facts>, data: { text: string; hits: number; chosen?: string } = search) =>
  given().when('SettleFaqSearch', data, { by: 'operator', facts: { ...facts, ...more } });

describe('SettleFaqSearch', () => {
  test('S3: keeps the words that the FAQ knows, in alphabetical order, and counts the others', () => {
    expect(settle({})).toEqual(events(event('FaqSearchSettled', { terms: ['出す', '粗大ごみ'], others: 1, hits: 3 })));
  });
  test('the article that was chosen', () => {
    expect(settle({}, { ...search, chosen })).toEqual(
      events(event('FaqSearchSettled', { terms: ['出す', '粗大ごみ'], others: 1, hits: 3, chosen })),
    );
    expect(settle({ articleKnown: false }, { ...search, chosen })).toEqual(refused('unknown_article chosen'));
  });
  test.each([
    ['a number', '0300000001'],
    ['a number in full width', '０３'],
    ['longer than any word', 'あ'.repeat(41)],
    ['what holds more than letters and digits', 'hanako@example'],
    ['two words', '見本 花子'],
    ['nothing', ''],
  ])('S8: %s is counted and not kept, even if the FAQ knew it', (_, word) => {
    expect(settle({ known: ['ごみ', word], others: 2 })).toEqual(
      events(event('FaqSearchSettled', { terms: ['ごみ'], others: 3, hits: 3 })),
    );
  });
  test('a word with digits is one', () => {
    expect(settle({ known: ['65歳', 'a4'], others: 0 })).toEqual(
      events(event('FaqSearchSettled', { terms: ['65歳', 'a4'], others: 0, hits: 3 })),
    );
  });
  test('a word counts once, and those over fifty are counted only', () => {
    const many = Array.from({ length: 60 }, (_, i) => `語${i}`);
    const settled = settle({ known: [...many, ...many], others: 2 });
    expect(settled).toMatchObject({ events: [{ data: { others: 12 } }] });
    expect('events' in settled && (settled.events[0]!.data as { terms: string[] }).terms).toHaveLength(50);
  });
  test('a search is settled once, by the call centre', () => {
    const settled = event('FaqSearchSettled', { terms: [], others: 0, hits: 0 });
    expect(given(settled).when('SettleFaqSearch', search, { by: 'operator', facts })).toEqual(
      refused('search_settled'),
    );
    expect(rolesThatMay((by) => given().when('SettleFaqSearch', search, { by, facts }))).toEqual([
      'operator',
      'supervisor',
    ]);
  });
});
