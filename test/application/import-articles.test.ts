import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test, vi } from 'vitest';
import type { Request } from '../../src/application/aggregates/request.js';
import { CloseDepartment } from '../../src/application/department/commands.js';
import { PublishArticle, RetireArticle } from '../../src/application/faq/commands.js';
import type { Imported } from '../../src/application/faq/complete-import.js';
import { ImportArticles } from '../../src/application/faq/import-articles.js';
import type { ArticleRow } from '../../src/application/faq/import-rows.js';
import type { Failure } from '../../src/application/failure.js';
import { StoreUnavailable } from '../../src/application/ports/event-store.js';
import { CompleteFaqImports } from '../../src/application/reactions/complete-faq-imports.js';
import type { ArticleContent } from '../../src/domain/faq/commands.js';
import { faqArticle } from '../../src/domain/faq/faq-article.js';
import { World } from './world.js';

const row = (n: number, more: object = {}) =>
  ({
    question: `質問${n}`,
    answer: `答え${n}。`,
    category: 'zei',
    department: 'zeimu',
    ...more,
  }) as unknown as ArticleRow & ArticleContent;
const rows = (count: number, more: (n: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, n) => row(n, more(n)));
const numbered = (n: number) => ({ reference: `N-${n}` });

const importing = async () => {
  const world = await World.create();
  const send = (all: ReadonlyArray<unknown>, request: Request): Promise<E.Either<Failure, Imported>> =>
    world.get(CommandBus).execute(new ImportArticles(all, request));
  const done = async (all: ReadonlyArray<ArticleRow>, request = world.by('administrator')): Promise<Imported> => {
    const result = await send(all, request);
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
    return result.right;
  };
  const problems = async (all: ReadonlyArray<unknown>, request = world.by('administrator')) => {
    const result = await send(all, request);
    if (E.isRight(result)) return [];
    if (result.left._tag !== 'refused') return [result.left._tag];
    return result.left.errors.map(({ code, field }) => (field === undefined ? code : `${code} ${field}`));
  };
  const publish = async (content: ArticleContent) =>
    (await world.done(new PublishArticle(randomUUID(), content, world.by('administrator')))).id;
  const state = async (id: string) => (await world.aggregates.load(faqArticle, id)).state;
  return { world, send, done, problems, publish, state };
};

const counts = ({ created, revised, unchanged, overtaken }: Imported) => [created, revised, unchanged, overtaken];

describe('rows become articles', () => {
  test('new ones, and none twice by the same file again', async () => {
    const { done, state, world } = await importing();
    const first = await done(rows(30, numbered));
    expect(counts(first)).toEqual([30, 0, 0, 0]);
    expect(await state(first.ids[7]!)).toEqual({ status: 'published', content: row(7, numbered(7)) });
    const again = await done(rows(30, numbered));
    expect(counts(again)).toEqual([0, 0, 30, 0]);
    expect(again.ids).toEqual(first.ids);
    expect((await world.counts())['ArticlePublished']).toBe(30);
  });

  test('by id, by reference, or new: each is found and changed where it differs', async () => {
    const { done, publish, state } = await importing();
    const byId = await publish(row(0));
    const byReference = await publish(row(1, numbered(1)));
    const same = await publish(row(2, numbered(2)));
    const imported = await done([
      row(10, { id: byId, ...numbered(0) }),
      row(11, numbered(1)),
      row(2, numbered(2)),
      row(13),
    ]);
    expect(counts(imported)).toEqual([1, 2, 1, 0]);
    expect(imported.ids.slice(0, 3)).toEqual([byId, byReference, same]);
    expect(await state(byId)).toMatchObject({ content: row(10, numbered(0)) });
    expect(await state(byReference)).toMatchObject({ content: { question: '質問11' } });
  });

  test('more than one event holds', async () => {
    const { done, world, state } = await importing();
    const all = rows(40, () => ({ answer: '長い答え。'.repeat(4_000) }));
    const { ids } = await done(all);
    expect((await world.counts())['ArticlesStaged']).toBeGreaterThan(2);
    expect(await state(ids[39]!)).toMatchObject({ content: { question: '質問39' } });
  });

  test('the event that accepts them tells who and how many', async () => {
    const { done, world } = await importing();
    await done(rows(3));
    const accepted = (await world.events()).find(({ type }) => type === 'FaqImported')!;
    expect(accepted.content).toMatchObject({ data: { created: 3, revised: 0, unchanged: 0 } });
    expect(accepted.metadata.actor).toEqual(world.actors.administrator);
  });
});

describe('nothing is stored when any row is wrong', () => {
  test('every wrong row and field is named at once', async () => {
    const { problems, publish, world } = await importing();
    const retired = await publish(row(0));
    await world.done(new RetireArticle(retired, {}, world.by('administrator')));
    await publish(row(1, { reference: 'TWICE' }));
    await publish(row(2, { reference: 'TWICE' }));
    await world.done(new CloseDepartment('fukushi', {}, world.by('administrator')));
    const before = await world.events();
    const known = await publish(row(3));
    const unknown = randomUUID();
    const wrong = [
      row(1),
      row(2, { department: 'nowhere' }),
      row(3, { id: unknown }),
      row(4, { id: retired }),
      row(5, { reference: 'TWICE' }),
      row(6, { reference: 'NEW-1', department: 'fukushi' }),
      row(7, { reference: 'NEW-1' }),
      row(8, { id: known }),
      row(9, { id: known }),
      { ...row(10, { department: 'nowhere' }), answer: ' ' },
      'no row',
      row(12, { department: 'nowhere' }),
    ];
    expect((await problems(wrong)).toSorted()).toEqual([
      'ambiguous_reference rows.4.reference',
      'article_retired rows.3',
      'invalid_field rows.10',
      'invalid_field rows.9.answer',
      'repeated_article rows.8.id',
      'repeated_reference rows.6.reference',
      'unknown_article rows.2.id',
      'unknown_department rows.1.department',
      'unknown_department rows.11.department',
      'unknown_department rows.5.department',
    ]);
    expect(await problems([])).toEqual(['empty_import rows']);
    expect((await world.events()).length).toBe(before.length + 1);
  });

  test('department staff import their own department’s articles, operators none', async () => {
    const { problems, world } = await importing();
    const mixed = [row(0), row(1, { department: 'fukushi' })];
    expect(await problems(mixed, world.by('tax'))).toEqual(['other_department rows.1']);
    expect(await problems(mixed, world.by('operator'))).toEqual(['role_not_entitled']);
    expect(await problems([row(0)], world.by('tax'))).toEqual([]);
  });
});

describe('the same request again', () => {
  test('is answered as the first time and stores nothing; with another file it is refused', async () => {
    const { done, problems, world } = await importing();
    const request = world.by('administrator');
    const first = await done(rows(5, numbered), request);
    const before = await world.events();
    expect(await done(rows(5, numbered), request)).toEqual(first);
    expect(await problems(rows(6, numbered), request)).toEqual(['command-id-reused']);
    expect(await problems([...rows(5, numbered), null], request)).toEqual(['command-id-reused']);
    expect(await world.events()).toEqual(before);
  });

  test('at once, several times, is done once', async () => {
    const { done, world } = await importing();
    const request = world.by('administrator');
    const all = await Promise.all(Array.from({ length: 4 }, () => done(rows(8, numbered), request)));
    expect(new Set(all.map((imported) => JSON.stringify(imported))).size).toBe(1);
    expect(await world.counts()).toMatchObject({ ArticlePublished: 8, FaqImported: 1, FaqImportCompleted: 1 });
  });
});

/** The store fails for good from the given append on, as if the process had died there. */
const dieAfter = (world: World, appends: number) => {
  const append = world.store.append.bind(world.store);
  let left = appends;
  return vi.spyOn(world.store, 'append').mockImplementation((...args) => {
    if (left-- > 0) return append(...args);
    return TE.fromTask(() => Promise.reject(new StoreUnavailable('it is gone')));
  });
};

describe('cut off in the middle', () => {
  const all = rows(12, numbered);

  // Before the part is staged; before the import is accepted; before, among and after the rows.
  test.each([0, 1, 2, 3, 8, 14])(
    'after %i appends: nothing was begun, or the same request completes it',
    async (appends) => {
      const { world, send, done, state } = await importing();
      const request = world.by('administrator');
      const dead = dieAfter(world, appends);
      await expect(send(all, request)).rejects.toThrow(StoreUnavailable);
      dead.mockRestore();
      const { ArticlePublished: published = 0, FaqImported: accepted = 0 } = await world.counts();
      expect(accepted === 1 || published === 0).toBe(true);
      const imported = await done(all, request);
      expect(counts(imported)).toEqual([12, 0, 0, 0]);
      expect(await world.counts()).toMatchObject({ ArticlePublished: 12, FaqImported: 1, FaqImportCompleted: 1 });
      for (const [n, id] of imported.ids.entries()) expect(await state(id)).toMatchObject({ content: all[n]! });
    },
  );

  test('an accepted import is completed although nobody asks again', async () => {
    const { world, send, done } = await importing();
    const request = world.by('administrator');
    const dead = dieAfter(world, 6);
    await expect(send(all, request)).rejects.toThrow(StoreUnavailable);
    dead.mockRestore();
    const accepted = (await world.events()).find(({ type }) => type === 'FaqImported')!;
    const reaction = world.get(CompleteFaqImports);
    expect(reaction.handles).toContain(accepted.type);
    await reaction.react(accepted);
    await reaction.react(accepted);
    expect(await world.counts()).toMatchObject({ ArticlePublished: 12, FaqImportCompleted: 1 });
    const before = await world.events();
    expect(counts(await done(all, request))).toEqual([12, 0, 0, 0]);
    expect(await world.events()).toEqual(before);
  });

  test('what others retired meanwhile stays retired, and is counted', async () => {
    const { world, send, done, publish, state } = await importing();
    const ids = await Promise.all([0, 1, 2].map((n) => publish(row(n, numbered(n)))));
    const changed = [0, 1, 2].map((n) => row(n + 50, numbered(n)));
    const request = world.by('administrator');
    const dead = dieAfter(world, 2);
    await expect(send(changed, request)).rejects.toThrow(StoreUnavailable);
    dead.mockRestore();
    await world.done(new RetireArticle(ids[0]!, {}, world.by('administrator')));
    expect(counts(await done(changed, request))).toEqual([0, 3, 0, 1]);
    expect(await state(ids[0]!)).toMatchObject({ status: 'retired', content: { question: '質問0' } });
    expect(await state(ids[2]!)).toMatchObject({ content: { question: '質問52' } });
  });
});
