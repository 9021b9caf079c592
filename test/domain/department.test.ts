import { describe, expect, test } from 'vitest';
import { department } from '../../src/domain/department/department.js';
import { events, refused, rolesThatMay, specification } from './given-when-then.js';

const { given, event } = specification(department);

const name = { name: '国保年金課' };
const other = { name: '医療保険年金課' };
const opened = event('DepartmentOpened', name);
const closed = event('DepartmentClosed', {});
const by = { by: 'administrator' } as const;

describe('OpenDepartment', () => {
  test('S2: a department is opened, and again after it was closed', () => {
    expect(given().when('OpenDepartment', name, by)).toEqual(events(opened));
    expect(given(opened, closed).when('OpenDepartment', other, by)).toEqual(events(event('DepartmentOpened', other)));
  });
  test('S2: an open one is not opened again', () => {
    expect(given(opened).when('OpenDepartment', name, by)).toEqual(refused('department_exists'));
  });
});

describe('RenameDepartment', () => {
  test('S2: renamed in a reorganisation; the same name changes nothing', () => {
    expect(given(opened).when('RenameDepartment', other, by)).toEqual(events(event('DepartmentRenamed', other)));
    expect(given(opened).when('RenameDepartment', name, by)).toEqual(events());
  });
  test('S2: only an open one', () => {
    expect(given().when('RenameDepartment', other, by)).toEqual(refused('department_not_found'));
    expect(given(opened, closed).when('RenameDepartment', other, by)).toEqual(refused('department_closed'));
  });
});

describe('CloseDepartment', () => {
  test('S2: closed once', () => {
    expect(given(opened).when('CloseDepartment', {}, by)).toEqual(events(closed));
    expect(given(opened, closed).when('CloseDepartment', {}, by)).toEqual(events());
  });
  test('S2: only one that there is', () => {
    expect(given().when('CloseDepartment', {}, by)).toEqual(refused('department_not_found'));
  });
});

test('S2: departments are the administrator’s affair alone', () => {
  expect(rolesThatMay((role) => given().when('OpenDepartment', name, { by: role }))).toEqual(['administrator']);
  expect(rolesThatMay((role) => given(opened).when('RenameDepartment', other, { by: role }))).toEqual([
    'administrator',
  ]);
  expect(rolesThatMay((role) => given(opened).when('CloseDepartment', {}, { by: role }))).toEqual(['administrator']);
});
