import { describe, expect, test } from 'vitest';
import type { FaqEvent } from '../../src/domain/faq/events.js';
import { faqArticle } from '../../src/domain/faq/faq-article.js';
import type { Role } from '../../src/domain/kernel/actor.js';
import { faqImport, importPart } from '../../src/domain/faq/faq-import.js';
import { feedback } from '../../src/domain/faq/feedback.js';
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
const drafted = event('ArticleDrafted', content);
const redrafted = event('ArticleDrafted', revision);
const submitted = event('ArticleSubmitted', {});
const approved = event('ArticleApproved', {});
const returned = event('ArticleReturned', { reason: '手数料も書いてください。' });

const own = { role: 'department-staff', department: 'kankyo' } as const;
const other = { role: 'department-staff', department: 'shigen' } as const;
const facts = { departmentOpen: true };
const editors = ['administrator', 'department-staff', 'supervisor'];
const drafters = ['administrator', 'department-staff', 'operator', 'supervisor'];
const reviewers = ['administrator', 'department-staff'];

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

describe('RepublishArticle', () => {
  test('S1: a retired one, with the text that now holds', () => {
    expect(given(published, retired).when('RepublishArticle', revision, { by: own, facts })).toEqual(
      events(event('ArticlePublished', revision)),
    );
  });
  test('S1: nothing but a retired one, for an open department, of one’s own', () => {
    const republish = (...history: ReadonlyArray<FaqEvent>) =>
      given(...history).when('RepublishArticle', moved, { by: own, facts: { departmentOpen: false } });
    const always = ['other_department', 'unknown_department department'];
    expect(republish()).toEqual(refused('article_not_found', ...always));
    expect(republish(drafted)).toEqual(refused('article_not_published', ...always));
    expect(republish(published)).toEqual(refused('article_published', ...always));
  });
});

describe('a draft', () => {
  const change = (...history: ReadonlyArray<FaqEvent>) =>
    given(...history).when('ChangeDraft', revision, { by: 'operator', facts });

  test('S1: of a new article, once, for an open department', () => {
    expect(given().when('DraftArticle', content, { by: 'operator', facts })).toEqual(events(drafted));
    expect(given(drafted).when('DraftArticle', content, { by: 'operator', facts: { departmentOpen: false } })).toEqual(
      refused('article_exists', 'unknown_department department'),
    );
  });

  test('S1: is changed, or begun beside what was published; the same text changes nothing', () => {
    expect(change(drafted)).toEqual(events(redrafted));
    expect(change(published)).toEqual(events(redrafted));
    expect(change(published, retired)).toEqual(events(redrafted));
    expect(change(drafted, redrafted)).toEqual(events());
    expect(change()).toEqual(refused('article_not_found'));
  });

  test('S1: is submitted once; changed afterwards, it must be submitted again', () => {
    const submit = (...history: ReadonlyArray<FaqEvent>) =>
      given(...history).when('SubmitArticle', {}, { by: 'operator' });
    expect(submit(drafted)).toEqual(events(submitted));
    expect(submit(drafted, submitted)).toEqual(events());
    expect(submit(drafted, submitted, redrafted)).toEqual(events(submitted));
    expect(submit(published)).toEqual(refused('draft_not_found'));
    expect(submit()).toEqual(refused('article_not_found'));
  });

  test('S1: is approved and so published, revised or published again', () => {
    const approve = (...history: ReadonlyArray<FaqEvent>) =>
      given(...history).when('ApproveArticle', {}, { by: own, facts });
    expect(approve(drafted, submitted)).toEqual(events(published, approved));
    expect(approve(published, redrafted, submitted)).toEqual(events(event('ArticleRevised', revision), approved));
    expect(approve(published, retired, redrafted, submitted)).toEqual(
      events(event('ArticlePublished', revision), approved),
    );
    // The text that it would publish is published already.
    expect(approve(published, drafted, submitted)).toEqual(events(approved));
    expect(approve(drafted, submitted, published, approved)).toEqual(refused('draft_not_found'));
  });

  test('S1: is sent back with the reason', () => {
    const reason = { reason: '手数料も書いてください。' };
    expect(given(drafted, submitted).when('ReturnArticle', reason, { by: own })).toEqual(events(returned));
    expect(given(drafted, submitted, returned).when('ReturnArticle', reason, { by: own })).toEqual(
      refused('not_in_review'),
    );
    expect(given().when('ReturnArticle', reason, { by: own })).toEqual(refused('article_not_found'));
  });

  test('S1: is approved only in review, by its own department, for one that is open', () => {
    const closed = { departmentOpen: false };
    expect(given(drafted).when('ApproveArticle', {}, { by: other, facts: closed })).toEqual(
      refused('other_department', 'not_in_review', 'unknown_department'),
    );
    expect(given(drafted, submitted).when('ReturnArticle', { reason: '誤り' }, { by: other })).toEqual(
      refused('other_department'),
    );
    // Neither the department that would lose the article nor the one that would get it.
    const moving = [published, event('ArticleDrafted', moved), submitted];
    for (const by of [own, other])
      expect(given(...moving).when('ApproveArticle', {}, { by, facts })).toEqual(refused('other_department'));
  });

  test('S1: goes back to its writers when another text is published meanwhile', () => {
    const history = [published, redrafted, submitted, event('ArticleRevised', { ...content, answer: '急ぎの訂正。' })];
    expect(given(...history).when('ApproveArticle', {}, { by: own, facts })).toEqual(refused('not_in_review'));
    expect(given(...history).when('SubmitArticle', {}, { by: 'operator' })).toEqual(events(submitted));
  });

  test('S1: is discarded, and an article with it that was never published', () => {
    const discarded = event('DraftDiscarded', {});
    expect(given(drafted).when('DiscardDraft', {}, { by: 'operator' })).toEqual(events(discarded));
    expect(given(drafted, discarded).when('SubmitArticle', {}, { by: 'operator' })).toEqual(
      refused('article_not_found'),
    );
    expect(given(published, redrafted, discarded).when('RetireArticle', {}, { by: own })).toEqual(events(retired));
    expect(given(published).when('DiscardDraft', {}, { by: 'operator' })).toEqual(refused('draft_not_found'));
  });

  test('S1: what was never published is neither revised nor retired', () => {
    expect(given(drafted).when('ReviseArticle', revision, { by: own, facts })).toEqual(
      refused('article_not_published'),
    );
    expect(given(drafted).when('RetireArticle', {}, { by: own })).toEqual(refused('article_not_published'));
  });
});

describe('ImportArticle', () => {
  const row = { ...revision, reference: 'GOMI-1', internalNote: '混む日は電話を勧める' };
  const imported = (...history: ReadonlyArray<FaqEvent>) =>
    given(...history).when('ImportArticle', row, { by: own, facts });

  test('S1: publishes what there is not, revises what there is, and changes nothing that is the same', () => {
    expect(imported()).toEqual(events(event('ArticlePublished', row)));
    expect(imported(published)).toEqual(events(event('ArticleRevised', row)));
    expect(imported(event('ArticlePublished', row))).toEqual(events());
    expect(imported(event('ArticlePublished', { ...row, internalNote: '別の注意' }))).toEqual(
      events(event('ArticleRevised', row)),
    );
    expect(imported(event('ArticlePublished', { ...row, reference: 'GOMI-2' }))).toEqual(
      events(event('ArticleRevised', row)),
    );
  });
  test('S1: raises nothing that was retired, nor what is only being prepared', () => {
    expect(imported(published, retired)).toEqual(refused('article_retired'));
    expect(imported(drafted)).toEqual(refused('article_not_published'));
  });
});

describe('an import', () => {
  const uuid = '0197c1f0-0000-7000-8000-000000000001';
  const digest = 'ab'.repeat(32);
  const plan = { created: 1, revised: 0, unchanged: 2, parts: [uuid] };
  const { given: after, event: told } = specification(faqImport);
  const accepted = told('FaqImported', { digest, ...plan });
  const completed = told('FaqImportCompleted', { overtaken: 0 });

  test('S1: is accepted once, with what its rows come to', () => {
    expect(after().when('AcceptImport', { digest }, { by: 'supervisor', facts: plan })).toEqual(events(accepted));
    expect(after(accepted).when('AcceptImport', { digest }, { by: 'supervisor', facts: plan })).toEqual(
      refused('import_accepted'),
    );
    expect(rolesThatMay((by) => after().when('AcceptImport', { digest }, { by, facts: plan }))).toEqual(editors);
  });
  test('S1: is completed once, by the system, after it was accepted', () => {
    const overtaken = { overtaken: 0 };
    expect(after(accepted).when('CompleteImport', {}, { by: 'system', facts: overtaken })).toEqual(events(completed));
    expect(after(accepted, completed).when('CompleteImport', {}, { by: 'system', facts: overtaken })).toEqual(events());
    expect(after().when('CompleteImport', {}, { by: 'administrator', facts: overtaken })).toEqual(
      refused('import_not_found', 'role_not_entitled'),
    );
  });
  test('S1: its rows are staged once', () => {
    const part = specification(importPart);
    const articles = { articles: [{ article: uuid, content }, { article: uuid }] };
    const staged = part.event('ArticlesStaged', articles);
    expect(part.given().when('StageArticles', articles, { by: 'administrator' })).toEqual(events(staged));
    expect(part.given(staged).when('StageArticles', articles, { by: 'operator' })).toEqual(
      refused('part_staged', 'role_not_entitled'),
    );
  });
});

describe('feedback', () => {
  const uuid = '0197c1f0-0000-7000-8000-000000000001';
  const { given: after, event: told } = specification(feedback);
  const said = { article: uuid, helped: true, inquiry: uuid };
  const known = { articleKnown: true, inquiryKnown: true };

  test('S1: the call centre says whether an article helped', () => {
    expect(after().when('GiveFeedback', said, { by: 'operator', facts: known })).toEqual(
      events(told('FeedbackGiven', said)),
    );
    expect(rolesThatMay((by) => after().when('GiveFeedback', said, { by, facts: known }))).toEqual([
      'operator',
      'supervisor',
    ]);
  });
  test('S1: once, of an article that was published, about a contact that there is', () => {
    const facts = { articleKnown: false, inquiryKnown: false };
    expect(after(told('FeedbackGiven', said)).when('GiveFeedback', said, { by: 'operator', facts })).toEqual(
      refused('article_not_found', 'feedback_given', 'unknown_inquiry inquiry'),
    );
  });
});

test('S1: who drafts, who reviews', () => {
  const as = (role: Role) => ({ ...own, role });
  const reason = { reason: '誤り' };
  expect(rolesThatMay((role) => given().when('DraftArticle', content, { by: as(role), facts }))).toEqual(drafters);
  expect(rolesThatMay((role) => given(published).when('ChangeDraft', revision, { by: as(role), facts }))).toEqual(
    drafters,
  );
  expect(rolesThatMay((role) => given(drafted).when('SubmitArticle', {}, { by: as(role) }))).toEqual(drafters);
  expect(rolesThatMay((role) => given(drafted).when('DiscardDraft', {}, { by: as(role) }))).toEqual(drafters);
  const inReview = given(drafted, submitted);
  expect(rolesThatMay((role) => inReview.when('ApproveArticle', {}, { by: as(role), facts }))).toEqual(reviewers);
  expect(rolesThatMay((role) => inReview.when('ReturnArticle', reason, { by: as(role) }))).toEqual(reviewers);
  expect(given().when('DraftArticle', moved, { by: own, facts })).toEqual(refused('other_department'));
});

test('S1: a department edits its own articles, supervisors and administrators all', () => {
  const as = (role: Role) => ({ ...own, role });
  expect(rolesThatMay((role) => given().when('PublishArticle', content, { by: as(role), facts }))).toEqual(editors);
  expect(rolesThatMay((role) => given(published).when('ReviseArticle', revision, { by: as(role), facts }))).toEqual(
    editors,
  );
  expect(rolesThatMay((role) => given(published).when('RetireArticle', {}, { by: as(role) }))).toEqual(editors);
  expect(
    rolesThatMay((role) => given(published, retired).when('RepublishArticle', content, { by: as(role), facts })),
  ).toEqual(editors);
  expect(rolesThatMay((role) => given().when('ImportArticle', content, { by: as(role), facts }))).toEqual(editors);
});
