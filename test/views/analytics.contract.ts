import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  Analytics,
  AnalyticsFilter,
  AnalyticsRange,
  Dimension,
  Figures,
} from '../../src/application/ports/analytics.js';
import { CallEnded, CallStarted } from '../../src/domain/call/events.js';
import { FaqSearchSettled } from '../../src/domain/faq-search/events.js';
import { InquiryRecorded } from '../../src/domain/inquiry/events.js';
import type { DomainEvent } from '../../src/domain/kernel/event.js';
import type {
  ArticleId,
  CallId,
  CategoryCode,
  DepartmentCode,
  LineCode,
  SiteCode,
  StaffId,
} from '../../src/domain/kernel/ids.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';
import type { EventLog } from './event-log.js';
import { plainCount } from './plain-count.js';

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** Japan's time: a day of April 2026, of which the 6th is a Monday. */
const japan = (day: number, hour: number, minute = 0): Instant => instant(Date.UTC(2026, 3, day, hour - 9, minute));
const april: AnalyticsRange = { from: japan(1, 0), to: japan(31, 0) };

interface Fact {
  readonly stream: readonly [category: string, id: string];
  readonly event: DomainEvent;
  readonly at?: Instant;
}

const started = (n: number, startedAt: Instant, site = 'honcho'): Fact => ({
  stream: ['call', uuid(n)],
  event: CallStarted({
    site: site as SiteCode,
    line: 'daihyo-1' as LineCode,
    direction: 'inbound',
    startedAt,
    eraseNumbersAt: japan(30, 0),
  }),
});
const ended = (n: number, endedAt: Instant): Fact => ({ stream: ['call', uuid(n)], event: CallEnded({ endedAt }) });

type Recorded = Parameters<typeof InquiryRecorded>[0];
const contact = (
  n: number,
  { call, ...change }: Partial<Omit<Recorded, 'call'>> & { readonly call?: number } = {},
): Fact => ({
  stream: ['inquiry', uuid(n)],
  event: InquiryRecorded({
    summary: '粗大ごみの出し方',
    answer: '申し込みの電話番号を案内した。',
    category: 'gomi' as CategoryCode,
    department: 'seisou' as DepartmentCode,
    relatedDepartments: [],
    handling: 'answered',
    receivedAt: japan(6, 10),
    scope: 'in-scope',
    operator: 'op-0001' as StaffId,
    ...(call !== undefined && { call: uuid(call) as CallId }),
    ...change,
  }),
});

type Settled = Parameters<typeof FaqSearchSettled>[0];
const search = (n: number, settled: Partial<Settled>, at = japan(6, 10)): Fact => ({
  stream: ['faqsearch', uuid(n)],
  event: FaqSearchSettled({ terms: [], others: 0, hits: 1, ...settled }),
  at,
});

/** The view of one engine over a log of its own. */
export interface AnalyticsUnderTest {
  readonly log: EventLog;
  /** Resolves when the view holds all that the log does. */
  caughtUp(): Promise<void>;
  readonly analytics: Analytics;
}

const tell = ({ log }: AnalyticsUnderTest, facts: ReadonlyArray<Fact>): void => {
  for (const { stream, event, at } of facts) log.add(...stream, event, at === undefined ? {} : { occurredAt: at });
};

const tax = { category: 'zei' as CategoryCode, department: 'zeimu' as DepartmentCode };
const article = (n: number) => uuid(700 + n) as ArticleId;

/** What every engine counts (S3, K5, K16); `runs`: how many histories are drawn by chance. */
export const analyticsContract = (open: () => Promise<AnalyticsUnderTest>, runs: number): void => {
  const over = async (...facts: ReadonlyArray<Fact>) => {
    const views = await open();
    tell(views, facts);
    await views.caughtUp();
    return views;
  };
  const figures = async (facts: ReadonlyArray<Fact>, filter: AnalyticsFilter = {}, range = april): Promise<Figures> =>
    (await over(...facts)).analytics.total(range, filter);
  const groups = async (by: Dimension, facts: ReadonlyArray<Fact>, filter: AnalyticsFilter = {}) =>
    (await (await over(...facts)).analytics.summary(by, april, filter)).groups;

  test('nothing adds up to nothing', async () => {
    const { analytics } = await over();
    const total = { contacts: 0, inScope: 0, resolved: 0, calls: 0, endedCalls: 0, seconds: 0 };
    expect(await analytics.summary('category', april, {})).toEqual({ total, groups: [] });
    expect(await analytics.faqUse(april, {}, 5)).toEqual({ contacts: 0, withArticle: 0, articles: [] });
    expect(await analytics.searches(april, 'any', 5)).toEqual({
      searches: 0,
      nothingFound: 0,
      nothingChosen: 0,
      otherWords: 0,
      terms: [],
    });
  });

  describe('calls and contacts', () => {
    test('how many, and how long', async () => {
      expect(
        await figures([
          started(1, japan(6, 10)),
          contact(11, { call: 1 }),
          ended(1, japan(6, 10, 5)),
          started(2, japan(6, 11)),
          contact(12, { handling: 'transferred' }),
          contact(13, { scope: 'complaint', handling: 'referred' }),
        ]),
      ).toEqual({ contacts: 3, inScope: 2, resolved: 1, calls: 2, endedCalls: 1, seconds: 300 });
    });

    test('full seconds', async () => {
      const call = [started(1, instant(Date.parse(japan(6, 10)) + 999)), ended(1, japan(6, 10, 1))];
      expect(await figures(call)).toMatchObject({ endedCalls: 1, seconds: 59 });
    });

    test('a call with two contacts counts with the category of each, and once in all', async () => {
      const facts = [
        started(1, japan(6, 10)),
        ended(1, japan(6, 10, 2)),
        contact(11, { call: 1 }),
        contact(12, { call: 1, ...tax }),
        contact(13, { call: 1, ...tax, handling: 'referred' }),
        started(2, japan(6, 12)),
      ];
      const call = { calls: 1, endedCalls: 1, seconds: 120 };
      expect(await groups('category', facts)).toEqual([
        { value: 'gomi', contacts: 1, inScope: 1, resolved: 1, ...call },
        { value: 'zei', contacts: 2, inScope: 2, resolved: 1, ...call },
        { contacts: 0, inScope: 0, resolved: 0, calls: 1, endedCalls: 0, seconds: 0 },
      ]);
      expect(await figures(facts, { category: tax.category })).toMatchObject({ contacts: 2, ...call });
      expect(await groups('handling', facts, { department: tax.department })).toMatchObject([
        { value: 'answered', contacts: 1, ...call },
        { value: 'referred', contacts: 1, ...call },
      ]);
    });

    test('one contact must have all that is asked for', async () => {
      const facts = [contact(11, { call: 1 }), contact(12, { call: 1, ...tax, handling: 'referred' })];
      expect(await figures([started(1, japan(6, 10)), ...facts], { ...tax, handling: 'answered' })).toEqual({
        contacts: 0,
        inScope: 0,
        resolved: 0,
        calls: 0,
        endedCalls: 0,
        seconds: 0,
      });
    });

    test('by site; a contact without call has none', async () => {
      const facts = [
        started(1, japan(6, 10), 'minato'),
        contact(11, { call: 1 }),
        started(2, japan(6, 10)),
        contact(12),
      ];
      expect(await groups('site', facts)).toMatchObject([
        { value: 'honcho', calls: 1, contacts: 0 },
        { value: 'minato', calls: 1, contacts: 1 },
        { calls: 0, contacts: 1 },
      ]);
      expect(await figures(facts, { site: 'minato' as SiteCode })).toMatchObject({ calls: 1, contacts: 1 });
    });

    test('by the hour and the day of the week in Japan, when the call began', async () => {
      const facts = [
        // Sunday and Monday in Japan, both Sunday in UTC.
        started(1, japan(5, 23, 59)),
        started(2, japan(6, 0)),
        started(3, japan(13, 9)),
        contact(13, { call: 3, receivedAt: japan(13, 10, 1) }),
      ];
      expect(await groups('hour', facts)).toMatchObject([
        { value: '00', calls: 1, contacts: 0 },
        { value: '09', calls: 1, contacts: 1 },
        { value: '23', calls: 1, contacts: 0 },
      ]);
      expect(await groups('weekday', facts)).toMatchObject([
        { value: '1', calls: 2, contacts: 1 },
        { value: '7', calls: 1, contacts: 0 },
      ]);
      expect(await figures(facts, { weekday: 1, hour: 9 })).toMatchObject({ calls: 1, contacts: 1 });
      expect(await figures(facts, { weekday: 7, hour: 9 })).toMatchObject({ calls: 0, contacts: 0 });
    });

    test('from a moment, included, up to another, excluded', async () => {
      const facts = [started(1, japan(6, 9)), started(2, japan(6, 9, 59)), started(3, japan(6, 10))];
      expect(await figures(facts, {}, { from: japan(6, 9), to: japan(6, 10) })).toMatchObject({ calls: 2 });
      expect(await figures(facts, {}, { from: japan(6, 10), to: japan(6, 9) })).toMatchObject({ calls: 0 });
    });

    test('whatever is told first', async () => {
      const facts = [ended(1, japan(7, 10, 3)), contact(11, { call: 1 }), started(1, japan(7, 10), 'minato')];
      const views = await over(facts[0]!);
      const total = (day: number) => views.analytics.total({ from: japan(day, 0), to: japan(day + 1, 0) }, {});
      expect(await total(7)).toMatchObject({ calls: 0, contacts: 0 });
      tell(views, [facts[1]!]);
      await views.caughtUp();
      // Until its call is known, a contact counts when it was received.
      expect(await total(6)).toMatchObject({ calls: 0, contacts: 1, seconds: 0 });
      tell(views, [facts[2]!]);
      await views.caughtUp();
      expect(await total(6)).toMatchObject({ calls: 0, contacts: 0 });
      expect(await total(7)).toMatchObject({ calls: 1, contacts: 1, seconds: 180 });
    });
  });

  describe('the FAQ', () => {
    test('which articles were used most', async () => {
      const { analytics } = await over(
        contact(1, { faqArticle: article(2) }),
        contact(2, { faqArticle: article(1) }),
        contact(3, { faqArticle: article(3) }),
        contact(4, { faqArticle: article(3), ...tax }),
        contact(5),
      );
      expect(await analytics.faqUse(april, {}, 2)).toEqual({
        contacts: 5,
        withArticle: 4,
        articles: [
          { article: article(3), contacts: 2 },
          { article: article(1), contacts: 1 },
        ],
      });
      expect(await analytics.faqUse(april, { category: tax.category }, 2)).toEqual({
        contacts: 1,
        withArticle: 1,
        articles: [{ article: article(3), contacts: 1 }],
      });
    });

    test('what was searched for, and came to nothing', async () => {
      const { analytics } = await over(
        search(1, { terms: ['ごみ', '出す'], chosen: article(1) }),
        search(2, { terms: ['ごみ'], others: 2, hits: 0 }),
        search(3, { terms: ['住民票'], others: 1 }),
        search(4, { terms: ['住民票'] }, japan(7, 10)),
      );
      const day = { from: japan(6, 0), to: japan(7, 0) };
      const counts = { searches: 3, nothingFound: 1, nothingChosen: 2, otherWords: 3 };
      const terms = (...all: ReadonlyArray<readonly [string, number]>) =>
        all.map(([term, searches]) => ({ term, searches }));
      expect(await analytics.searches(day, 'any', 2)).toEqual({ ...counts, terms: terms(['ごみ', 2], ['住民票', 1]) });
      expect(await analytics.searches(day, 'nothing-found', 9)).toEqual({ ...counts, terms: terms(['ごみ', 1]) });
      expect(await analytics.searches(day, 'nothing-chosen', 9)).toEqual({
        ...counts,
        terms: terms(['ごみ', 1], ['住民票', 1]),
      });
      expect((await analytics.searches(april, 'any', 9)).searches).toBe(4);
    });
  });

  test('any events in any order and in batches of any size add up to what a plain count of them says', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        fc.array(fc.record({ filter: filters, range: ranges }), { minLength: 3, maxLength: 3 }),
        async (facts, sizes, asked) => {
          const views = await open();
          let batch = 0;
          views.log.batchSize = () => sizes[batch++ % sizes.length]!;
          tell(views, facts);
          await views.caughtUp();
          const plain = plainCount(views.log.events);
          for (const { filter, range } of asked) {
            for (const by of dimensions)
              expect([by, await views.analytics.summary(by, range, filter)]).toEqual([
                by,
                plain.summary(by, range, filter),
              ]);
            expect(await views.analytics.total(range, filter)).toEqual(plain.summary('site', range, filter).total);
            expect(await views.analytics.faqUse(range, filter, 2)).toEqual(plain.faqUse(range, filter, 2));
            for (const outcome of ['any', 'nothing-found', 'nothing-chosen'] as const)
              expect(await views.analytics.searches(range, outcome, 2)).toEqual(plain.searches(range, outcome, 2));
          }
        },
      ),
      { numRuns: runs },
    );
  }, 120_000);
};

const dimensions = ['category', 'department', 'handling', 'scope', 'site', 'hour', 'weekday'] as const;
const categories = ['gomi', 'zei'];
const departments = ['seisou', 'zeimu'];
const sites = ['honcho', 'minato'];
const handlings = ['answered', 'transferred', 'referred', 'callback'] as const;
const scopes = ['in-scope', 'complaint'] as const;
const ofCall = fc.option(fc.constantFrom(1, 2, 3), { nil: undefined });
/** Few days and hours, so that much falls into the same. */
const moments = fc
  .record({ day: fc.constantFrom(5, 6, 13), hour: fc.constantFrom(0, 9, 23), minute: fc.constantFrom(0, 17, 59) })
  .map(({ day, hour, minute }) => japan(day, hour, minute));
const ranges = fc
  .uniqueArray(fc.constantFrom(japan(5, 0), japan(6, 0), japan(6, 9), japan(7, 0), japan(14, 0)), {
    minLength: 2,
    maxLength: 2,
  })
  .map((ends) => ends.toSorted())
  .map(([from, to]): AnalyticsRange => ({ from: from!, to: to! }));

const filters = fc
  .record(
    {
      category: fc.constantFrom(...categories),
      department: fc.constantFrom(...departments),
      handling: fc.constantFrom(...handlings),
      scope: fc.constantFrom(...scopes),
      site: fc.constantFrom(...sites),
      hour: fc.constantFrom(0, 9, 23),
      weekday: fc.constantFrom(1, 7),
    },
    { requiredKeys: [] },
  )
  .chain((all) => fc.subarray(Object.entries(all), { maxLength: 2 }))
  .map((entries) => Object.fromEntries(entries) as AnalyticsFilter);

const callFacts = (n: number) =>
  fc
    .tuple(fc.option(moments), fc.option(moments), fc.constantFrom(...sites))
    .map(([from, to, site]) => [
      ...(from === null ? [] : [started(n, from, site)]),
      ...(to === null ? [] : [ended(n, to)]),
    ]);
const contactFacts = fc
  .array(
    fc.record({
      receivedAt: moments,
      category: fc.constantFrom(...categories),
      department: fc.constantFrom(...departments),
      handling: fc.constantFrom(...handlings),
      scope: fc.constantFrom(...scopes),
      call: ofCall,
      faqArticle: fc.option(fc.constantFrom(article(1), article(2), article(3)), { nil: undefined }),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.map(({ faqArticle, call, ...items }, i) =>
      contact(100 + i, {
        ...(items as Partial<Omit<Recorded, 'call'>>),
        ...(call !== undefined && { call }),
        ...(faqArticle !== undefined && { faqArticle }),
      }),
    ),
  );
const searchFacts = fc
  .array(
    fc.record({
      terms: fc.subarray(['ごみ', '住民票', '税']),
      others: fc.nat(2),
      hits: fc.nat(1),
      chosen: fc.option(fc.constant(article(1))),
      at: moments,
    }),
    { maxLength: 6 },
  )
  .map((all) =>
    all.map(({ at, chosen, ...settled }, i) => search(200 + i, { ...settled, ...(chosen !== null && { chosen }) }, at)),
  );
const histories = fc
  .tuple(callFacts(1), callFacts(2), callFacts(3), contactFacts, searchFacts)
  .map((parts) => parts.flat())
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));
