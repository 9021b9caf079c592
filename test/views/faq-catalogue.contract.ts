import { describe, expect, test } from 'vitest';
import type { CatalogueFilter, FaqCatalogue } from '../../src/application/ports/faq-catalogue.js';
import type { FaqSearch } from '../../src/application/ports/faq-search.js';
import type { ArticleContent } from '../../src/domain/faq/commands.js';
import {
  ArticleApproved,
  ArticleDrafted,
  ArticlePublished,
  ArticleRetired,
  ArticleReturned,
  ArticleRevised,
  ArticleSubmitted,
  DraftDiscarded,
  type ArticleReference,
  type FaqEvent,
} from '../../src/domain/faq/events.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../src/domain/kernel/ids.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';
import type { EventLog } from './event-log.js';

export interface FaqCatalogueUnderTest {
  readonly log: EventLog;
  caughtUp(): Promise<void>;
  readonly faqCatalogue: FaqCatalogue;
  readonly faqSearch: FaqSearch;
}

const at = (minute: number): Instant => instant(Date.UTC(2026, 3, 1, 1, minute));

const content = (question: string, more: object = {}) =>
  ({ question, answer: '窓口でできます。', category: 'kurashi', department: 'shimin', ...more }) as ArticleContent;

/** What every engine shows of FAQ articles to those who look after them (S1). */
export const faqCatalogueContract = (open: () => Promise<FaqCatalogueUnderTest>): void => {
  const opened = async () => {
    const under = await open();
    let minute = 0;
    const add = (id: string, ...events: ReadonlyArray<FaqEvent>) => {
      for (const event of events) under.log.add('faq', id, event, { occurredAt: at(minute++) });
    };
    const tell = async (id: string, ...events: ReadonlyArray<FaqEvent>) => {
      add(id, ...events);
      await under.caughtUp();
      return under.faqSearch.get(id as ArticleId);
    };
    const finds = async (text: string) =>
      (await under.faqSearch.search({ text, limit: 10 })).items.map(({ id }) => id as string);
    return { ...under, add, tell, finds };
  };

  describe('the life of an article', () => {
    const first = content('住民票はどこで取れますか。');
    const second = content('戸籍はどこで取れますか。', { internalNote: '印鑑証明は不要', reference: 'KOSEKI-1' });

    test('a draft is there for staff and found by nobody, until it is approved', async () => {
      const { tell, finds } = await opened();
      expect(await tell('a', ArticleDrafted(first))).toEqual({
        id: 'a',
        ...first,
        status: 'draft',
        draft: { ...first, stage: 'draft' },
        createdAt: at(0),
        changedAt: at(0),
        revision: 0,
      });
      expect(await tell('a', ArticleSubmitted({}))).toMatchObject({
        status: 'in-review',
        draft: { stage: 'in-review' },
      });
      expect(await tell('a', ArticleReturned({ reason: '場所を書くこと' }))).toMatchObject({
        status: 'draft',
        draft: { stage: 'draft', returnedFor: '場所を書くこと' },
      });
      expect(await finds('住民票')).toEqual([]);
      const submitted = await tell('a', ArticleSubmitted({}));
      expect(submitted!.draft).toEqual({ ...first, stage: 'in-review' });
      const published = await tell('a', ArticlePublished(first), ArticleApproved({}));
      expect(published).toEqual({
        id: 'a',
        ...first,
        status: 'published',
        createdAt: at(0),
        changedAt: at(5),
        revision: 5,
      });
      expect(await finds('住民票')).toEqual(['a']);
    });

    test('beside a draft the published text goes on being found, and the draft is not', async () => {
      const { tell, finds } = await opened();
      const drafted = await tell('a', ArticlePublished(first), ArticleDrafted(second), ArticleSubmitted({}));
      expect(drafted).toMatchObject({ ...first, status: 'published', draft: { ...second, stage: 'in-review' } });
      expect(await finds('住民票')).toEqual(['a']);
      expect(await finds('戸籍')).toEqual([]);
      expect(await tell('a', ArticleRevised(second), ArticleApproved({}))).not.toHaveProperty('draft');
      expect(await finds('住民票')).toEqual([]);
      expect(await finds('戸籍')).toEqual(['a']);
    });

    test('a text that is published at once sends the draft back to its writers', async () => {
      const { tell } = await opened();
      const revised = await tell(
        'a',
        ArticlePublished(first),
        ArticleDrafted(second),
        ArticleSubmitted({}),
        ArticleRevised(content('住民票の写しはどこで取れますか。')),
      );
      expect(revised).toMatchObject({ status: 'published', draft: { ...second, stage: 'draft' } });
    });

    test('a draft that is discarded leaves what was published, or nothing', async () => {
      const { tell } = await opened();
      expect(await tell('a', ArticleDrafted(first), DraftDiscarded({}))).toBeUndefined();
      const kept = await tell('b', ArticlePublished(first), ArticleDrafted(second), DraftDiscarded({}));
      expect(kept).toMatchObject({ ...first, status: 'published' });
      expect(kept).not.toHaveProperty('draft');
    });

    test('a retired article is found no more, and again when it is published anew', async () => {
      const { tell, finds } = await opened();
      expect(await tell('a', ArticlePublished(first), ArticleRetired({}))).toMatchObject({ status: 'retired' });
      expect(await finds('住民票')).toEqual([]);
      expect(await tell('a', ArticlePublished(second))).toMatchObject({ ...second, status: 'published' });
      expect(await finds('戸籍')).toEqual(['a']);
    });

    test('the note for staff is shown with the article, and finds nothing', async () => {
      const { tell, finds } = await opened();
      expect(await tell('a', ArticlePublished(second))).toMatchObject({ internalNote: '印鑑証明は不要' });
      expect(await finds('印鑑証明')).toEqual([]);
      expect(await finds('戸籍')).toEqual(['a']);
    });
  });

  describe('lists', () => {
    const five = async () => {
      const under = await opened();
      under.add('a', ArticlePublished(content('一', { category: 'gomi' })));
      under.add('b', ArticleDrafted(content('二')));
      under.add('c', ArticlePublished(content('三', { department: 'kankyo' })), ArticleRetired({}));
      under.add('d', ArticleDrafted(content('四', { department: 'kankyo' })), ArticleSubmitted({}));
      under.add('e', ArticlePublished(content('五')), ArticleDrafted(content('六')), ArticleSubmitted({}));
      await under.caughtUp();
      return under;
    };

    test.each<readonly [string, CatalogueFilter, ReadonlyArray<string>]>([
      ['none: latest created first', {}, ['e', 'd', 'c', 'b', 'a']],
      ['published', { status: 'published' }, ['e', 'a']],
      ['never published', { status: 'draft' }, ['b']],
      ['retired', { status: 'retired' }, ['c']],
      ['waiting for their department, published or not', { stage: 'in-review' }, ['e', 'd']],
      ['category', { category: 'gomi' as CategoryCode }, ['a']],
      ['department', { department: 'kankyo' as DepartmentCode }, ['d', 'c']],
      ['both hold', { department: 'kankyo' as DepartmentCode, status: 'in-review' }, ['d']],
    ])('filter: %s', async (_, filter, expected) => {
      const { faqCatalogue } = await five();
      const first = await faqCatalogue.page(filter, { limit: 2 });
      const rest =
        first.next === undefined ? [] : (await faqCatalogue.page(filter, { limit: 3, after: first.next })).items;
      expect([...first.items, ...rest].map(({ id }) => id as string)).toEqual(expected);
    });

    test('what changes while somebody leafs stays where it is', async () => {
      const { faqCatalogue, add, caughtUp } = await five();
      const first = await faqCatalogue.page({}, { limit: 3 });
      add('a', ArticleRevised(content('七')));
      add('f', ArticlePublished(content('八')));
      await caughtUp();
      const rest = await faqCatalogue.page({}, { limit: 3, after: first.next! });
      expect(rest.items.map(({ id }) => id as string)).toEqual(['b', 'a']);
    });

    test('by reference: of what is published, however often', async () => {
      const { faqCatalogue, add, caughtUp } = await opened();
      const numbered = (reference: string) => content('番号', { reference });
      add('a', ArticlePublished(numbered('N-1')));
      add('b', ArticlePublished(numbered('N-1')));
      add('c', ArticlePublished(numbered('N-2')), ArticleRetired({}));
      add('d', ArticleDrafted(numbered('N-3')));
      add('e', ArticlePublished(numbered('N-4')), ArticleRevised(numbered('N-5')));
      await caughtUp();
      const found = await faqCatalogue.byReference(['N-1', 'N-2', 'N-3', 'N-4', 'N-5'] as ArticleReference[]);
      expect(found.map(({ reference, id }) => `${reference} ${id}`).toSorted()).toEqual(['N-1 a', 'N-1 b', 'N-5 e']);
      expect(await faqCatalogue.byReference([])).toEqual([]);
    });
  });
};
