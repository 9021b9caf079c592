import { expect, test } from 'vitest';
import { DepartmentClosed, DepartmentOpened, DepartmentRenamed } from '../../src/domain/department/events.js';
import type { DepartmentCode } from '../../src/domain/kernel/ids.js';
import { StaffDeactivated, StaffDutyChanged, StaffRegistered } from '../../src/domain/staff/events.js';
import type { OpenViewsUnderTest } from './views-under-test.js';

/** The names that every engine knows (S2). */
export const directoryContract = (open: OpenViewsUnderTest): void => {
  test('departments, open and closed', async () => {
    const { log, caughtUp, directory } = await open();
    log.add('department', 'zeimu', DepartmentOpened({ name: '税務課' }));
    log.add('department', 'kokuho-nenkin', DepartmentOpened({ name: '国保課' }));
    log.add('department', 'kokuho-nenkin', DepartmentRenamed({ name: '国保年金課' }));
    log.add('department', 'zeimu', DepartmentClosed({}));
    await caughtUp();
    expect(await directory.departments()).toEqual([
      { code: 'kokuho-nenkin', name: '国保年金課', open: true },
      { code: 'zeimu', name: '税務課', open: false },
    ]);
  });

  test('staff, with the duty they have now', async () => {
    const { log, caughtUp, directory } = await open();
    const department = 'zeimu' as DepartmentCode;
    log.add(
      'staff',
      'op-0002',
      StaffRegistered({ displayName: '試験 花子', role: 'operator', employer: 'contractor' }),
    );
    log.add(
      'staff',
      'ds-0001',
      StaffRegistered({ displayName: '試験 太郎', role: 'department-staff', employer: 'city', department }),
    );
    log.add('staff', 'ds-0001', StaffDutyChanged({ role: 'auditor' }));
    log.add('staff', 'op-0002', StaffDeactivated({}));
    await caughtUp();
    expect(await directory.staff()).toEqual([
      { id: 'ds-0001', displayName: '試験 太郎', role: 'auditor', employer: 'city', active: true },
      { id: 'op-0002', displayName: '試験 花子', role: 'operator', employer: 'contractor', active: false },
    ]);
  });
};
