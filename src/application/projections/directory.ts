import { departmentEvents, type DepartmentEvent } from '../../domain/department/events.js';
import type { DepartmentCode, StaffId } from '../../domain/kernel/ids.js';
import { staffEvents, type StaffEvent } from '../../domain/staff/events.js';
import type { DepartmentEntry, StaffEntry } from '../ports/directory.js';
import type { Projection } from './projection.js';

export type DirectoryDocument =
  | { readonly kind: 'department'; readonly entry: DepartmentEntry }
  | { readonly kind: 'staff'; readonly entry: StaffEntry };

/** The names behind codes (S2): one document a department or a member of staff, keyed by their stream. */
export const directory: Projection<DirectoryDocument, DepartmentEvent | StaffEvent> = {
  name: 'directory',
  version: 1,
  events: [...departmentEvents, ...staffEvents],
  keys: ({ stream }) => [stream],
  apply: (document, { event, id }) => {
    switch (event.type) {
      case 'DepartmentOpened':
      case 'DepartmentRenamed':
        return { kind: 'department', entry: { code: id as DepartmentCode, ...event.data, open: true } };
      case 'DepartmentClosed':
        return document?.kind === 'department'
          ? { kind: 'department', entry: { ...document.entry, open: false } }
          : document;
      case 'StaffRegistered':
        return { kind: 'staff', entry: { id: id as StaffId, ...event.data, active: true } };
      case 'StaffDutyChanged': {
        if (document?.kind !== 'staff') return document;
        const { department: _, ...entry } = document.entry;
        return { kind: 'staff', entry: { ...entry, ...event.data } };
      }
      case 'StaffDeactivated':
        return document?.kind === 'staff' ? { kind: 'staff', entry: { ...document.entry, active: false } } : document;
    }
  },
};
