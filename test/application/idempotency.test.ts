import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { PublishArticle, ReviseArticle } from '../../src/application/faq/commands.js';
import { RecordInquiry } from '../../src/application/inquiry/commands.js';
import { RequestCallback } from '../../src/application/inquiry/request-callback.js';
import type { ArticleContent } from '../../src/domain/faq/commands.js';
import { callbackRequest, inquiryOutOfScope } from './samples.js';
import { World } from './world.js';

const article = {
  question: '粗大ごみの出し方は？',
  answer: '予約してください。',
  category: 'gomi',
  department: 'zeimu',
};
const content = article as unknown as ArticleContent;

describe('a command told twice', () => {
  test('stores nothing and is answered as the first time', async () => {
    const world = await World.create();
    const request = world.by('administrator');
    const first = await world.done(new PublishArticle(randomUUID(), content, request));
    await world.done(
      new ReviseArticle(first.id, { ...content, answer: '電話してください。' }, world.by('administrator')),
    );
    const before = await world.events();
    expect(await world.done(new PublishArticle(first.id, content, request))).toEqual(first);
    expect(await world.events()).toEqual(before);
  });

  test('with other content is refused, and nothing is stored', async () => {
    const world = await World.create();
    const [id, request] = [randomUUID(), world.by('administrator')];
    await world.done(new PublishArticle(id, content, request));
    const before = await world.events();
    expect(await world.codes(new PublishArticle(id, { ...content, answer: '別の答え。' }, request))).toEqual([
      'command-id-reused',
    ]);
    expect(await world.events()).toEqual(before);
  });

  test('is looked up before it is decided: a rule that has changed meanwhile does not matter', async () => {
    const world = await World.create();
    const inquiry = randomUUID();
    await world.done(new RecordInquiry(inquiry, inquiryOutOfScope, world.by('operator')));
    const request = world.by('operator');
    const first = await world.done(new RequestCallback(inquiry, callbackRequest, request));
    world.calendar.closed = false;
    expect(await world.done(new RequestCallback(inquiry, callbackRequest, request))).toEqual(first);
  });

  test('at once, many times over, is done once', async () => {
    const world = await World.create();
    const [id, request] = [randomUUID(), world.by('administrator')];
    const before = (await world.events()).length;
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => world.done(new PublishArticle(id, content, request))),
    );
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await world.events()).toHaveLength(before + 1);
  });
});

test('If-Match: an aggregate that has moved on refuses', async () => {
  const world = await World.create();
  const { id, revision } = await world.done(new PublishArticle(randomUUID(), content, world.by('administrator')));
  const revise = (answer: string) =>
    new ReviseArticle(id, { ...content, answer }, { ...world.by('administrator'), expectedRevision: revision });
  await world.done(revise('一つ目。'));
  expect(await world.codes(revise('二つ目。'))).toEqual(['precondition-failed']);
});

test('many writers of one aggregate all come through', async () => {
  const world = await World.create();
  const { id } = await world.done(new PublishArticle(randomUUID(), content, world.by('administrator')));
  const answers = Array.from({ length: 10 }, (_, i) => `${i} 番目の答え。`);
  await Promise.all(
    answers.map((answer) => world.done(new ReviseArticle(id, { ...content, answer }, world.by('administrator')))),
  );
  expect((await world.counts())['ArticleRevised']).toBe(10);
});

test('what a repeat is compared by cannot be guessed back: another master key gives another digest', async () => {
  const world = await World.create();
  const inquiry = randomUUID();
  await world.done(new RecordInquiry(inquiry, inquiryOutOfScope, world.by('operator')));
  await world.done(new RequestCallback(inquiry, callbackRequest, world.by('operator')));
  const stored = JSON.stringify((await world.events()).map(({ metadata }) => metadata));
  expect(stored).toMatch(/"commandDigest":"[0-9a-f]{64}"/);
  for (const personal of ['架空', '0000-4321', '9-9-9']) expect(stored).not.toContain(personal);
});
