import type { TypeOf } from 'io-ts';
import { flag, record } from '../../domain/kernel/codec.js';
import { DepartmentCode, StaffId } from '../../domain/kernel/ids.js';
import { DepartmentName } from '../../domain/department/events.js';
import { StaffProfile } from '../../domain/staff/events.js';

/** `open`: still exists; a closed department keeps its name for the history. */
export const DepartmentEntry = record('DepartmentEntry', {
  code: DepartmentCode,
  ...DepartmentName.required,
  open: flag,
});
export type DepartmentEntry = TypeOf<typeof DepartmentEntry>;

/** `active`: may act; who left keeps the name shown with old contacts (オペレータ名, S2). */
export const StaffEntry = record(
  'StaffEntry',
  { id: StaffId, ...StaffProfile.required, active: flag },
  StaffProfile.optional,
);
export type StaffEntry = TypeOf<typeof StaffEntry>;

/** Port: the names behind the codes that other views hold. Throws `ViewUnavailable`. */
export abstract class Directory {
  /** By code. */
  abstract departments(): Promise<ReadonlyArray<DepartmentEntry>>;

  /** By id. */
  abstract staff(): Promise<ReadonlyArray<StaffEntry>>;
}
