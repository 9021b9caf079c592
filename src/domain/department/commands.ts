import type { TypeOf } from 'io-ts';
import type { Command } from '../kernel/decider.js';
import type { DepartmentName } from './events.js';

export type DepartmentCommand =
  | Command<'OpenDepartment', TypeOf<typeof DepartmentName>>
  | Command<'RenameDepartment', TypeOf<typeof DepartmentName>>
  | Command<'CloseDepartment'>;
