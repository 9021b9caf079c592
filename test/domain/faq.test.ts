import { describe, expect, test } from 'vitest';
import { faqArticle } from '../../src/domain/faq/faq-article.js';
import type { Role } from '../../src/domain/kernel/actor.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(faqArticle);

const content = {
  question: '粗大ごみの出し方は？',
  answer: '電話かインターネットで申し込んでください。',
  category: 'gomi-recycle',
  department: 'kankyo',
};
const revision = { ...content, answer: 'インターネットで申し込んでください。' };
const moved = { ...content, department: 'shigen' };
const published = event('ArticlePublished', content);
const retired = event('ArticleRetired', {});

const own = { role: 'department-staff', department: 'kankyo' } as const;
const other = { role: 'department-staff', department: 'shigen' } as const;
const facts = { departmentOpen: true };
const editors = ['administrator', 'department-staff', 'supervisor'];

describe('PublishArticle', () => {
  test('S1: an article is published once', () => {
    expect(given().when('PublishArticle', content, { by: own, facts })).toEqual(events(published));
    expect(given(published).when('PublishArticle', content, { by: own, facts })).toEqual(refused('article_exists'));
    expect(given(published, retired).when('PublishArticle', content, { by: own, facts })).toEqual(
      refused('article_exists'),
    );
  });
  test('S1: for an open department; all errors at once', () => {
    expect(given(published).when('PublishArticle', content, { by: other, facts: { departmentOpen: false } })).toEqual(
      refused('article_exists', 'other_department', 'unknown_department department'),
    );
  });
});

describe('ReviseArticle', () => {
  test('S1: revised; the same content changes nothing', () => {
    expect(given(published).when('ReviseArticle', revision, { by: own, facts })).toEqual(
      events(event('ArticleRevised', revision)),
    );
    expect(given(published).when('ReviseArticle', content, { by: own, facts })).toEqual(events());
  });
  test('S1: only a published one, for an open department', () => {
    expect(given().when('ReviseArticle', revision, { by: own, facts })).toEqual(refused('article_not_found'));
    expect(given(published, retired).when('ReviseArticle', revision, { by: own, facts })).toEqual(
      refused('article_retired'),
    );
    expect(given(published).when('ReviseArticle', revision, { by: own, facts: { departmentOpen: false } })).toEqual(
      refused('unknown_department department'),
    );
  });
  test('S1: department staff neither give an article away nor take one', () => {
    expect(given(published).when('ReviseArticle', moved, { by: own, facts })).toEqual(refused('other_department'));
    expect(given(published).when('ReviseArticle', moved, { by: other, facts })).toEqual(refused('other_department'));
    expect(given(published).when('ReviseArticle', moved, { by: 'supervisor', facts })).toEqual(
      events(event('ArticleRevised', moved)),
    );
  });
});

describe('RetireArticle', () => {
  test('S1: retired once', () => {
    expect(given(published).when('RetireArticle', {}, { by: own })).toEqual(events(retired));
    expect(given(published, retired).when('RetireArticle', {}, { by: own })).toEqual(events());
  });
  test('S1: only one that there is, of one’s own department', () => {
    expect(given().when('RetireArticle', {}, { by: own })).toEqual(refused('article_not_found'));
    expect(given(published).when('RetireArticle', {}, { by: other })).toEqual(refused('other_department'));
  });
});

test('S1: a department edits its own articles, supervisors and administrators all', () => {
  const as = (role: Role) => ({ ...own, role });
  expect(rolesThatMay((role) => given().when('PublishArticle', content, { by: as(role), facts }))).toEqual(editors);
  expect(rolesThatMay((role) => given(published).when('ReviseArticle', revision, { by: as(role), facts }))).toEqual(
    editors,
  );
  expect(rolesThatMay((role) => given(published).when('RetireArticle', {}, { by: as(role) }))).toEqual(editors);
});
