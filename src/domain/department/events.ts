import { record, text } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';

/** A department's name as citizens know it. */
export const DepartmentName = record('DepartmentName', { name: text(60, 'Such as 国保年金課.') });

export const DepartmentOpened = defineEvent('DepartmentOpened', DepartmentName);
export const DepartmentRenamed = defineEvent('DepartmentRenamed', DepartmentName);
export const DepartmentClosed = defineEvent('DepartmentClosed', record('DepartmentClosed', {}));

export const departmentEvents = [DepartmentOpened, DepartmentRenamed, DepartmentClosed] as const;
export type DepartmentEvent = EventOf<(typeof departmentEvents)[number]>;
