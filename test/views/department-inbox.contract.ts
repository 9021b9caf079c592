import { expect, test } from 'vitest';
import type { InboxFilter } from '../../src/application/ports/department-inbox.js';
import type { Actor } from '../../src/domain/kernel/actor.js';
import {
  CallbackAcknowledged,
  CallbackAnswered,
  CallbackRequested,
  ContactErased,
  InquiryRecorded,
} from '../../src/domain/inquiry/events.js';
import type { CategoryCode, CitizenId, DepartmentCode, InquiryId, StaffId } from '../../src/domain/kernel/ids.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';
import type { ViewsUnderTest, OpenViewsUnderTest } from './views-under-test.js';

const day = (n: number): Instant => instant(Date.UTC(2026, 3, n, 1));
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const clerk = { subject: 'ds-0007', role: 'department-staff', department: 'kokuho' } as Actor;

const record = (
  { log }: ViewsUnderTest,
  n: number,
  department = 'kokuho',
  handling: 'callback' | 'referred' = 'callback',
) =>
  log.add(
    'inquiry',
    uuid(n),
    InquiryRecorded({
      summary: '保険料の計算について',
      answer: '担当課から折り返すと伝えた。',
      category: 'hoken' as CategoryCode,
      department: department as DepartmentCode,
      relatedDepartments: [],
      handling,
      receivedAt: day(1),
      scope: 'specialised',
      operator: 'op-0001' as StaffId,
    }),
  );

const request = ({ log }: ViewsUnderTest, n: number, dueAt: Instant, department = 'kokuho') =>
  log.add(
    'inquiry',
    uuid(n),
    CallbackRequested({
      citizen: uuid(900 + n) as CitizenId,
      department: department as DepartmentCode,
      requestedAt: day(1),
      office: { closed: true, reason: 'night', calendar: 'test' },
      dueAt,
      eraseAt: day(30),
    }),
  );

/** What every engine shows a department (S5, S6). */
export const departmentInboxContract = (open: OpenViewsUnderTest): void => {
  const inboxOf = async (...callbacks: ReadonlyArray<{ readonly dueAt: Instant; readonly department?: string }>) => {
    const views = await open();
    for (const [n, { dueAt, department }] of callbacks.entries()) {
      record(views, n, department);
      request(views, n, dueAt, department);
    }
    await views.caughtUp();
    const list = async (filter: InboxFilter, now: Instant) =>
      (await views.departmentInbox.page(filter, { limit: 10 }, now)).items.map(({ inquiry }) =>
        Number(inquiry.slice(-12)),
      );
    return { ...views, inbox: views.departmentInbox, list };
  };

  test('a callback from request to answer, and who took it on', async () => {
    const { log, caughtUp, inbox } = await inboxOf({ dueAt: day(3) });
    const shown = async () => {
      await caughtUp();
      return inbox.get(uuid(0) as InquiryId, day(2));
    };
    expect(await shown()).toEqual({
      inquiry: uuid(0),
      summary: '保険料の計算について',
      category: 'hoken',
      scope: 'specialised',
      receivedAt: day(1),
      citizen: uuid(900),
      department: 'kokuho',
      requestedAt: day(1),
      dueAt: day(3),
      eraseAt: day(30),
      status: 'waiting',
      revision: 1,
      overdue: false,
    });
    log.add('inquiry', uuid(0), CallbackAcknowledged({}), { actor: clerk, occurredAt: day(2) });
    expect(await shown()).toMatchObject({ status: 'acknowledged', acknowledgedAt: day(2), acknowledgedBy: 'ds-0007' });
    log.add('inquiry', uuid(0), CallbackAnswered({ answeredAt: day(2) }), { actor: clerk });
    expect(await shown()).toMatchObject({ status: 'answered', answeredAt: day(2), answeredBy: 'ds-0007', revision: 3 });
    log.add(
      'inquiry',
      uuid(0),
      ContactErased({ citizen: uuid(900) as CitizenId, reason: 'retention-due', erasedAt: day(30) }),
    );
    expect(await shown()).toMatchObject({ erasedAt: day(30) });
  });

  test('only what a citizen asked for is in an inbox', async () => {
    const views = await inboxOf();
    record(views, 0, 'kokuho', 'referred');
    record(views, 1, 'kokuho', 'callback');
    await views.caughtUp();
    expect(await views.list({}, day(9))).toEqual([]);
    expect(await views.inbox.get(uuid(1) as InquiryId, day(9))).toBeUndefined();
    expect(await views.inbox.counts(day(9))).toEqual([]);
  });

  test('soonest due first, by department and status', async () => {
    const { log, caughtUp, list } = await inboxOf(
      { dueAt: day(5) },
      { dueAt: day(3) },
      { dueAt: day(4), department: 'zeimu' },
    );
    log.add('inquiry', uuid(1), CallbackAcknowledged({}));
    await caughtUp();
    expect(await list({}, day(2))).toEqual([1, 2, 0]);
    expect(await list({ department: 'kokuho' as DepartmentCode }, day(2))).toEqual([1, 0]);
    expect(await list({ status: 'waiting' }, day(2))).toEqual([2, 0]);
    expect(await list({ department: 'kokuho' as DepartmentCode, status: 'acknowledged' }, day(2))).toEqual([1]);
  });

  test('page by page', async () => {
    const { inbox } = await inboxOf({ dueAt: day(3) }, { dueAt: day(3) }, { dueAt: day(3) });
    const first = await inbox.page({}, { limit: 2 }, day(2));
    const second = await inbox.page({}, { limit: 2, after: first.next! }, day(2));
    expect([...first.items, ...second.items].map(({ inquiry }) => inquiry)).toEqual([uuid(0), uuid(1), uuid(2)]);
    expect(second).not.toHaveProperty('next');
  });

  test('overdue is a question of the moment asked about', async () => {
    const { log, caughtUp, inbox } = await inboxOf(
      { dueAt: day(3) },
      { dueAt: day(5) },
      { dueAt: day(3), department: 'zeimu' },
    );
    const overdueAt = async (now: Instant) =>
      (await inbox.page({}, { limit: 10 }, now)).items.filter(({ overdue }) => overdue).length;
    expect([await overdueAt(day(3)), await overdueAt(day(4)), await overdueAt(day(6))]).toEqual([0, 2, 3]);
    expect([await inbox.overdueCount(day(3)), await inbox.overdueCount(day(4))]).toEqual([0, 2]);
    log.add('inquiry', uuid(0), CallbackAcknowledged({}));
    log.add('inquiry', uuid(2), CallbackAcknowledged({}));
    log.add('inquiry', uuid(2), CallbackAnswered({ answeredAt: day(4) }));
    await caughtUp();
    expect(await inbox.overdueCount(day(4))).toBe(1);
    expect(await inbox.counts(day(4))).toEqual([
      { department: 'kokuho', waiting: 1, acknowledged: 1, answered: 0, overdue: 1 },
      { department: 'zeimu', waiting: 0, acknowledged: 0, answered: 1, overdue: 0 },
    ]);
  });
};
