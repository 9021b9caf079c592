import { expect, test } from 'vitest';
import type { FaqUse, UseFilter } from '../../src/application/ports/faq-use.js';
import type { ArticleContent } from '../../src/domain/faq/commands.js';
import { ArticlePublished, ArticleRetired, ArticleRevised, FeedbackGiven } from '../../src/domain/faq/events.js';
import { InquiryRecorded } from '../../src/domain/inquiry/events.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../src/domain/kernel/ids.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';
import type { EventLog } from './event-log.js';

export interface FaqUseUnderTest {
  readonly log: EventLog;
  caughtUp(): Promise<void>;
  readonly faqUse: FaqUse;
}

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}` as ArticleId;
const day = (n: number): Instant => instant(Date.UTC(2026, 3, n, 1));

const content = (n: number, more: object = {}) =>
  ({
    question: `質問${n}`,
    answer: '答え',
    category: n % 2 === 0 ? 'gomi' : 'zei',
    department: n < 3 ? 'kankyo' : 'zeimu',
    ...more,
  }) as ArticleContent;

const inquiry = (article?: ArticleId) =>
  InquiryRecorded({
    summary: '問合せ',
    answer: '案内した',
    category: 'gomi',
    department: 'kankyo',
    relatedDepartments: [],
    handling: 'answered',
    receivedAt: day(1),
    scope: 'in-scope',
    operator: 'op-0001',
    ...(article !== undefined && { faqArticle: article }),
  } as unknown as Parameters<typeof InquiryRecorded>[0]);

/** What every engine tells of how FAQ articles are used (S1). */
export const faqUseContract = (open: () => Promise<FaqUseUnderTest>): void => {
  /** Articles 0 to n - 1, each used as often as told. */
  const usedOften = async (...times: ReadonlyArray<number>) => {
    const under = await open();
    for (const [n, count] of times.entries()) {
      under.log.add('faq', uuid(n), ArticlePublished(content(n)));
      for (let i = 0; i < count; i++) under.log.add('inquiry', uuid(100 * n + 100 + i), inquiry(uuid(n)));
    }
    await under.caughtUp();
    const ids = async (filter: UseFilter = {}, limit = 50) =>
      (await under.faqUse.page(filter, { limit })).items.map(({ id }) => Number(id.slice(-12)));
    return { ...under, ids };
  };

  test('never used: nothing but its name', async () => {
    const { faqUse } = await usedOften(0);
    expect(await faqUse.get(uuid(0))).toEqual({
      id: uuid(0),
      question: '質問0',
      category: 'gomi',
      department: 'kankyo',
      published: true,
      used: 0,
      helped: 0,
      notHelped: 0,
    });
    expect(await faqUse.get(uuid(1))).toBeUndefined();
  });

  test('contacts and feedback are counted, each once, for the article that they name', async () => {
    const { log, faqUse, caughtUp } = await usedOften(0, 0);
    log.add('inquiry', uuid(10), inquiry(uuid(0)), { occurredAt: day(5) });
    log.add('inquiry', uuid(11), inquiry(uuid(0)), { occurredAt: day(6) });
    log.add('inquiry', uuid(12), inquiry());
    log.add('feedback', uuid(20), FeedbackGiven({ article: uuid(0), helped: true }));
    log.add('feedback', uuid(21), FeedbackGiven({ article: uuid(0), helped: true }));
    log.add('feedback', uuid(22), FeedbackGiven({ article: uuid(1), helped: false }));
    await caughtUp();
    expect(await faqUse.get(uuid(0))).toMatchObject({ used: 2, helped: 2, notHelped: 0, lastUsedAt: day(6) });
    expect(await faqUse.get(uuid(1))).toMatchObject({ used: 0, helped: 0, notHelped: 1 });
  });

  test('revised it keeps its counts, retired it is still there', async () => {
    const { log, faqUse, caughtUp } = await usedOften(3);
    log.add('faq', uuid(0), ArticleRevised(content(0, { question: '新しい質問', department: 'zeimu' })));
    log.add('faq', uuid(0), ArticleRetired({}));
    await caughtUp();
    expect(await faqUse.get(uuid(0))).toMatchObject({
      question: '新しい質問',
      department: 'zeimu',
      published: false,
      used: 3,
    });
  });

  test('most used first, as numbers, then by id', async () => {
    const { ids } = await usedOften(2, 11, 9, 2, 0);
    expect(await ids()).toEqual([1, 2, 3, 0, 4]);
  });

  test.each<readonly [string, UseFilter, ReadonlyArray<number>]>([
    ['category', { category: 'gomi' as CategoryCode }, [2, 0, 4]],
    ['department', { department: 'kankyo' as DepartmentCode }, [1, 2, 0]],
    ['published', { published: true }, [2, 3, 0, 4]],
    ['not published', { published: false }, [1]],
  ])('filter: %s', async (_, filter, expected) => {
    const { log, ids, caughtUp } = await usedOften(2, 6, 5, 3, 0);
    log.add('faq', uuid(1), ArticleRetired({}));
    await caughtUp();
    expect(await ids(filter)).toEqual(expected);
  });

  test('pages go on where the last one ended; what is used meanwhile is shown at most once', async () => {
    const { log, faqUse, caughtUp } = await usedOften(5, 4, 3, 2, 1);
    const first = await faqUse.page({}, { limit: 2 });
    for (let i = 0; i < 9; i++) log.add('inquiry', uuid(2_000 + i), inquiry(uuid(3)));
    log.add('inquiry', uuid(3_000), inquiry(uuid(0)));
    await caughtUp();
    const rest = await faqUse.page({}, { limit: 10, after: first.next! });
    expect([...first.items, ...rest.items].map(({ id }) => Number(id.slice(-12)))).toEqual([0, 1, 2, 4]);
  });

  test('of some articles at once', async () => {
    const { faqUse } = await usedOften(1, 2, 3);
    const uses = await faqUse.ofArticles([uuid(2), uuid(0), uuid(9)]);
    expect(Object.fromEntries(uses.map(({ id, used }) => [id, used]))).toEqual({ [uuid(0)]: 1, [uuid(2)]: 3 });
    expect(await faqUse.ofArticles([])).toEqual([]);
  });
};
