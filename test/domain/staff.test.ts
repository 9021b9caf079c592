import { describe, expect, test } from 'vitest';
import { HumanRole } from '../../src/domain/kernel/actor.js';
import { staffMember } from '../../src/domain/staff/staff-member.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(staffMember);

const profile = { displayName: '受付 一', role: 'operator', employer: 'contractor' } as const;
const registered = event('StaffRegistered', profile);
const ofTheCity = event('StaffRegistered', {
  displayName: '市役所 花子',
  role: 'department-staff',
  employer: 'city',
  department: 'fukushi',
});
const deactivated = event('StaffDeactivated', {});

const facts = { departmentOpen: true };
const administrator = { by: 'administrator', facts } as const;
const roles = Object.keys(HumanRole.keys) as ReadonlyArray<HumanRole>;
const contractors = ['operator', 'supervisor', 'contractor-supervisor'];

describe('RegisterStaff', () => {
  test('S2, S11: a number is given out once, with the name shown on contacts', () => {
    expect(given().when('RegisterStaff', profile, administrator)).toEqual(events(registered));
    for (const history of [[registered], [registered, deactivated]])
      expect(given(...history).when('RegisterStaff', profile, administrator)).toEqual(refused('staff_exists'));
  });
  test.each(roles)('S11, K12: %s: for the contractor’s staff, for the city’s', (role) => {
    const as = (employer: 'city' | 'contractor') =>
      given().when('RegisterStaff', { ...profile, role, employer, department: 'fukushi' }, administrator);
    if (contractors.includes(role)) expect(as('contractor')).toHaveProperty('events');
    else expect(as('contractor')).toEqual(refused('role_is_the_citys role'));
    if (role === 'contractor-supervisor') expect(as('city')).toEqual(refused('role_is_the_contractors role'));
    else expect(as('city')).toHaveProperty('events');
  });
  test('S6: department staff belong to a department, and it must be open', () => {
    const clerk = { ...profile, role: 'department-staff', employer: 'city' } as const;
    expect(given().when('RegisterStaff', clerk, administrator)).toEqual(refused('department_needed department'));
    expect(
      given().when(
        'RegisterStaff',
        { ...clerk, department: 'fukushi' },
        { by: 'administrator', facts: { departmentOpen: false } },
      ),
    ).toEqual(refused('unknown_department department'));
  });
  test('all errors at once', () => {
    expect(
      given(registered).when(
        'RegisterStaff',
        { ...profile, role: 'department-staff' },
        { by: 'operator', facts: { departmentOpen: false } },
      ),
    ).toEqual(
      refused(
        'role_not_entitled',
        'role_is_the_citys role',
        'department_needed department',
        'unknown_department department',
        'staff_exists',
      ),
    );
  });
});

describe('ChangeStaffDuty', () => {
  test('S11: another duty, another department; the same changes nothing', () => {
    const duty = { role: 'supervisor' } as const;
    expect(given(registered).when('ChangeStaffDuty', duty, administrator)).toEqual(
      events(event('StaffDutyChanged', duty)),
    );
    expect(given(registered).when('ChangeStaffDuty', { role: 'operator' }, administrator)).toEqual(events());
    const moved = { role: 'department-staff', department: 'zeimu' } as const;
    expect(given(ofTheCity).when('ChangeStaffDuty', moved, administrator)).toEqual(
      events(event('StaffDutyChanged', moved)),
    );
  });
  test('S11, K12: who employs them still decides what they may be, after a change too', () => {
    const supervisor = event('StaffDutyChanged', { role: 'supervisor' });
    for (const history of [[registered], [registered, supervisor]])
      expect(given(...history).when('ChangeStaffDuty', { role: 'auditor' }, administrator)).toEqual(
        refused('role_is_the_citys role'),
      );
    expect(given(ofTheCity).when('ChangeStaffDuty', { role: 'contractor-supervisor' }, administrator)).toEqual(
      refused('role_is_the_contractors role'),
    );
  });
  test('S6: a department is not kept from the duty before', () => {
    const auditor = event('StaffDutyChanged', { role: 'auditor' });
    expect(given(ofTheCity, auditor).when('ChangeStaffDuty', { role: 'auditor' }, administrator)).toEqual(events());
    expect(given(ofTheCity, auditor).when('ChangeStaffDuty', { role: 'department-staff' }, administrator)).toEqual(
      refused('department_needed department'),
    );
  });
  test('S9: not of who has left, nor of an unknown number', () => {
    expect(given(registered, deactivated).when('ChangeStaffDuty', { role: 'supervisor' }, administrator)).toEqual(
      refused('staff_deactivated'),
    );
    expect(given().when('ChangeStaffDuty', { role: 'supervisor' }, administrator)).toEqual(refused('staff_not_found'));
  });
});

describe('DeactivateStaff', () => {
  test('S9: deactivated once', () => {
    expect(given(registered).when('DeactivateStaff', {}, { by: 'administrator' })).toEqual(events(deactivated));
    expect(given(registered, deactivated).when('DeactivateStaff', {}, { by: 'administrator' })).toEqual(events());
  });
  test('S9: only a known number', () => {
    expect(given().when('DeactivateStaff', {}, { by: 'administrator' })).toEqual(refused('staff_not_found'));
  });
});

test('S9: staff are the administrator’s affair alone', () => {
  const may = [
    rolesThatMay((by) => given().when('RegisterStaff', profile, { by, facts })),
    rolesThatMay((by) => given(registered).when('ChangeStaffDuty', { role: 'supervisor' }, { by, facts })),
    rolesThatMay((by) => given(registered).when('DeactivateStaff', {}, { by })),
  ];
  expect(may).toEqual([['administrator'], ['administrator'], ['administrator']]);
});
