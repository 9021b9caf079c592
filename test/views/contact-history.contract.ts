import { describe, expect, test } from 'vitest';
import type { Contact, ContactFilter } from '../../src/application/ports/contact-history.js';
import { BadCursor, type Cursor } from '../../src/application/ports/page.js';
import {
  CallbackAcknowledged,
  CallbackAnswered,
  CallbackRequested,
  ContactErased,
  InquiryRecorded,
} from '../../src/domain/inquiry/events.js';
import type {
  ArticleId,
  CallId,
  CategoryCode,
  CitizenId,
  DepartmentCode,
  InquiryId,
  StaffId,
} from '../../src/domain/kernel/ids.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';
import type { OpenViewsUnderTest } from './views-under-test.js';

const day = (n: number): Instant => instant(Date.UTC(2026, 3, n, 1));
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

type Recorded = Parameters<typeof InquiryRecorded>[0];

const contact = (change: Partial<Recorded> = {}): Recorded => ({
  summary: '粗大ごみの出し方',
  answer: '申し込みの電話番号を案内した。',
  category: 'gomi' as CategoryCode,
  department: 'seisou' as DepartmentCode,
  relatedDepartments: [],
  handling: 'answered',
  receivedAt: day(1),
  scope: 'in-scope',
  operator: 'op-0001' as StaffId,
  ...change,
});

const callback = CallbackRequested({
  citizen: uuid(900) as CitizenId,
  department: 'seisou' as DepartmentCode,
  requestedAt: day(1),
  office: { closed: true, reason: 'night', calendar: 'test' },
  dueAt: day(2),
  eraseAt: day(30),
});

/** What every engine keeps and lists (S2). */
export const contactHistoryContract = (open: OpenViewsUnderTest): void => {
  const historyOf = async (...contacts: ReadonlyArray<Recorded>) => {
    const views = await open();
    for (const [n, each] of contacts.entries()) views.log.add('inquiry', uuid(n), InquiryRecorded(each));
    await views.caughtUp();
    return { ...views, history: views.contactHistory };
  };
  const numbers = (items: ReadonlyArray<Contact>) => items.map(({ id }) => Number(id.slice(-12)));

  test('all seven items', async () => {
    const full = contact({
      relatedDepartments: ['kankyo' as DepartmentCode],
      handling: 'transferred',
      transferredTo: 'douro' as DepartmentCode,
      faqArticle: uuid(700) as ArticleId,
      call: uuid(800) as CallId,
    });
    const { history } = await historyOf(full);
    expect(await history.get(uuid(0) as InquiryId)).toEqual({ id: uuid(0), ...full, revision: 0 });
    expect(await history.get(uuid(1) as InquiryId)).toBeUndefined();
  });

  test('what became of a callback, by reference', async () => {
    const { log, caughtUp, history } = await historyOf(contact({ handling: 'callback', scope: 'specialised' }));
    const kept = async () => {
      await caughtUp();
      return (await history.get(uuid(0) as InquiryId))!;
    };
    log.add('inquiry', uuid(0), callback);
    expect((await kept()).callback).toEqual({ citizen: uuid(900), dueAt: day(2), eraseAt: day(30), status: 'waiting' });
    log.add('inquiry', uuid(0), CallbackAcknowledged({}));
    expect((await kept()).callback?.status).toBe('acknowledged');
    log.add('inquiry', uuid(0), CallbackAnswered({ answeredAt: day(2) }));
    log.add(
      'inquiry',
      uuid(0),
      ContactErased({ citizen: uuid(900) as CitizenId, reason: 'retention-due', erasedAt: day(30) }),
    );
    expect(await kept()).toMatchObject({ revision: 4, callback: { status: 'answered', erasedAt: day(30) } });
  });

  describe('filters', () => {
    const many = [
      contact({ receivedAt: day(1) }),
      contact({ receivedAt: day(2), category: 'zei' as CategoryCode, operator: 'op-0002' as StaffId }),
      contact({ receivedAt: day(3), handling: 'transferred', transferredTo: 'douro' as DepartmentCode }),
      contact({ receivedAt: day(4), relatedDepartments: ['douro' as DepartmentCode], scope: 'complaint' }),
      contact({ receivedAt: day(5), call: uuid(800) as CallId, faqArticle: uuid(700) as ArticleId }),
    ];
    test.each<readonly [string, ContactFilter, ReadonlyArray<number>]>([
      ['none: latest first', {}, [4, 3, 2, 1, 0]],
      ['from, included', { from: day(4) }, [4, 3]],
      ['to, excluded', { to: day(2) }, [0]],
      ['category', { category: 'zei' as CategoryCode }, [1]],
      ['operator', { operator: 'op-0002' as StaffId }, [1]],
      ['handling', { handling: 'transferred' }, [2]],
      ['scope', { scope: 'complaint' }, [3]],
      ['call', { call: uuid(800) as CallId }, [4]],
      ['article', { faqArticle: uuid(700) as ArticleId }, [4]],
      ['a department that it was transferred to, or related', { department: 'douro' as DepartmentCode }, [3, 2]],
      ['the responsible department', { department: 'seisou' as DepartmentCode }, [4, 3, 2, 1, 0]],
      ['two at once', { department: 'douro' as DepartmentCode, to: day(4) }, [2]],
      ['a department and a category', { department: 'seisou' as DepartmentCode, category: 'zei' as CategoryCode }, [1]],
      ['nothing that is there', { category: 'nashi' as CategoryCode }, []],
    ])('%s', async (_, filter, expected) => {
      const { history } = await historyOf(...many);
      expect(numbers((await history.page(filter, { limit: 10 })).items)).toEqual(expected);
    });
  });

  describe('pages', () => {
    const pagesOf = async (filter: ContactFilter) => {
      // Three a moment: the order within a moment must hold across pages too.
      const { history, log, caughtUp } = await historyOf(
        ...Array.from({ length: 10 }, (_, n) => contact({ receivedAt: day(1 + Math.floor(n / 3)) })),
      );
      const pages: number[][] = [];
      let after: Cursor | undefined;
      do {
        const page = await history.page(filter, { limit: 4, ...(after !== undefined && { after }) });
        pages.push(numbers(page.items));
        after = page.next;
        // A later contact does not move what follows.
        log.add('inquiry', uuid(100 + pages.length), InquiryRecorded(contact({ receivedAt: day(20) })));
        await caughtUp();
      } while (after !== undefined);
      return pages;
    };
    test.each([{}, { department: 'seisou' as DepartmentCode }])('hold everything once: %j', async (filter) => {
      expect(await pagesOf(filter)).toEqual([
        [9, 8, 7, 6],
        [5, 4, 3, 2],
        [1, 0],
      ]);
    });

    test('the last full page has no next', async () => {
      const { history } = await historyOf(contact(), contact());
      expect(await history.page({}, { limit: 2 })).not.toHaveProperty('next');
    });

    test.each(['x', 'bnVsbA', 'WzEsMl0'])('a cursor that no page gave is refused: %s', async (after) => {
      const { history } = await historyOf(contact());
      await expect(history.page({}, { limit: 2, after: after as Cursor })).rejects.toThrow(BadCursor);
    });
  });
};
