import type { TypeOf } from 'io-ts';
import { department } from '../../domain/department/department.js';
import type { DepartmentName } from '../../domain/department/events.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class OpenDepartment extends Submit<TypeOf<typeof DepartmentName>> {}
export class RenameDepartment extends Submit<TypeOf<typeof DepartmentName>> {}
export class CloseDepartment extends Submit<unknown> {}

export const departmentHandlers = [
  handles(OpenDepartment, department, 'OpenDepartment', noFacts),
  handles(RenameDepartment, department, 'RenameDepartment', noFacts),
  handles(CloseDepartment, department, 'CloseDepartment', noFacts),
];
