import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Outcome } from '../../../application/aggregates/request.js';
import { Aggregates } from '../../../application/aggregates/aggregates.js';
import { CITY, Facts } from '../../../application/aggregates/facts.js';
import * as Department from '../../../application/department/commands.js';
import { DeclareEmergency, emergencyId, EndEmergency } from '../../../application/emergency/commands.js';
import { DepartmentEntry, Directory, StaffEntry } from '../../../application/ports/directory.js';
import { SetRetention } from '../../../application/retention/commands.js';
import * as Staff from '../../../application/staff/commands.js';
import { DepartmentName } from '../../../domain/department/events.js';
import { DeclareEmergency as DeclareEmergencyData } from '../../../domain/emergency/commands.js';
import { emergencyRegister } from '../../../domain/emergency/emergency-register.js';
import { list, record } from '../../../domain/kernel/codec.js';
import { DepartmentCode, EmergencyId, SiteCode, StaffId } from '../../../domain/kernel/ids.js';
import { Instant } from '../../../domain/kernel/time.js';
import { RetentionRule } from '../../../domain/retention/events.js';
import { StaffDuty, StaffProfile } from '../../../domain/staff/events.js';
import { Done } from '../answer.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';

const done = { status: 200, description: 'Done.', body: Done } as const;
const command = { method: 'post', command: true, ifMatch: true } as const;
const ofDepartment = {
  ...command,
  tag: 'Departments',
  params: record('DepartmentPath', { code: DepartmentCode }),
} as const;
const ofStaff = { ...command, tag: 'Staff', params: record('StaffPath', { id: StaffId }) } as const;

const departments = operation({
  method: 'get',
  path: '/departments',
  tag: 'Departments',
  summary: 'All departments by code',
  view: 'directory',
  success: {
    status: 200,
    description: 'The departments.',
    body: record('DepartmentList', { items: t.readonlyArray(DepartmentEntry) }),
  },
});
const openDepartment = operation({
  ...ofDepartment,
  method: 'put',
  path: '/departments/:code',
  summary: 'Open a department under a code',
  body: DepartmentName,
  success: { ...done, status: 201 },
});
const renameDepartment = operation({
  ...ofDepartment,
  path: '/departments/:code/rename',
  summary: 'Rename a department',
  body: DepartmentName,
  success: done,
});
const closeDepartment = operation({
  ...ofDepartment,
  path: '/departments/:code/close',
  summary: 'Close a department; its history keeps the name',
  success: done,
});

const staff = operation({
  method: 'get',
  path: '/staff',
  tag: 'Staff',
  summary: 'All staff by number',
  view: 'directory',
  success: {
    status: 200,
    description: 'The staff.',
    body: record('StaffList', { items: t.readonlyArray(StaffEntry) }),
  },
});
const registerStaff = operation({
  tag: ofStaff.tag,
  params: ofStaff.params,
  method: 'put',
  command: true,
  path: '/staff/:id',
  summary: 'Register a member of staff under a number (S11)',
  body: StaffProfile,
  success: { ...done, status: 201 },
});
const changeDuty = operation({
  ...ofStaff,
  path: '/staff/:id/duty',
  summary: 'Give a member of staff another role or department',
  body: StaffDuty,
  success: done,
});
const deactivateStaff = operation({
  ...ofStaff,
  path: '/staff/:id/deactivate',
  summary: 'A member of staff has left',
  success: done,
});

const Declaration = record(
  'EmergencyDeclaration',
  { emergency: EmergencyId, declaredAt: Instant },
  { sites: list(SiteCode, 50), endedAt: Instant },
);
const emergencies = operation({
  method: 'get',
  path: '/emergencies',
  tag: 'Emergencies',
  summary: 'All declarations, oldest first',
  success: {
    status: 200,
    description: 'The declarations.',
    body: record('EmergencyList', { items: t.readonlyArray(Declaration) }),
  },
});
const declare = operation({
  method: 'post',
  path: '/emergencies',
  tag: 'Emergencies',
  summary: 'Declare an emergency: from now on recordings need no announcement (K3)',
  body: DeclareEmergencyData,
  command: true,
  success: { status: 201, description: 'Declared.', body: Done },
});
const end = operation({
  method: 'post',
  path: '/emergencies/:id/end',
  tag: 'Emergencies',
  summary: 'The emergency is over',
  params: record('EmergencyPath', { id: EmergencyId }),
  command: true,
  success: done,
});

const retention = operation({
  method: 'get',
  path: '/retention-rules',
  tag: 'Retention',
  summary: 'How long each category of data is kept, and on what ground',
  success: {
    status: 200,
    description: 'The rules in force.',
    body: record('RetentionRules', { items: t.readonlyArray(RetentionRule) }),
  },
});
const setRetention = operation({
  method: 'post',
  path: '/retention-rules',
  tag: 'Retention',
  summary: 'Keep a category of data for a shorter time; never above its bound (S7, K7)',
  body: RetentionRule,
  command: true,
  success: done,
});

/** What the city itself decides: departments, staff, emergencies, retention. */
@Controller()
export class CityController {
  constructor(
    private readonly bus: CommandBus,
    private readonly directory: Directory,
    private readonly aggregates: Aggregates,
    private readonly facts: Facts,
  ) {}

  @Handles(departments)
  async departments(@Input() _: InputOf<typeof departments>) {
    return { items: await this.directory.departments() };
  }

  @Handles(openDepartment)
  openDepartment(@Input() { params, body, request }: Input & InputOf<typeof openDepartment>) {
    return this.bus.execute(new Department.OpenDepartment(params.code, body, request));
  }

  @Handles(renameDepartment)
  renameDepartment(@Input() { params, body, request }: Input & InputOf<typeof renameDepartment>) {
    return this.bus.execute(new Department.RenameDepartment(params.code, body, request));
  }

  @Handles(closeDepartment)
  closeDepartment(@Input() { params, request }: Input & InputOf<typeof closeDepartment>) {
    return this.bus.execute(new Department.CloseDepartment(params.code, {}, request));
  }

  @Handles(staff)
  async staff(@Input() _: InputOf<typeof staff>) {
    return { items: await this.directory.staff() };
  }

  @Handles(registerStaff)
  registerStaff(@Input() { params, body, request }: Input & InputOf<typeof registerStaff>) {
    return this.bus.execute(new Staff.RegisterStaff(params.id, body, request));
  }

  @Handles(changeDuty)
  changeDuty(@Input() { params, body, request }: Input & InputOf<typeof changeDuty>) {
    return this.bus.execute(new Staff.ChangeStaffDuty(params.id, body, request));
  }

  @Handles(deactivateStaff)
  deactivateStaff(@Input() { params, request }: Input & InputOf<typeof deactivateStaff>) {
    return this.bus.execute(new Staff.DeactivateStaff(params.id, {}, request));
  }

  @Handles(emergencies)
  async emergencies(@Input() _: InputOf<typeof emergencies>) {
    return { items: (await this.aggregates.load(emergencyRegister, CITY)).state };
  }

  @Handles(declare)
  async declare(@Input() { body, request }: Input & InputOf<typeof declare>) {
    const declared = await this.bus.execute(new DeclareEmergency(CITY, body, request));
    return E.map((outcome: Outcome) => ({ ...outcome, id: emergencyId(request.commandId) }))(declared);
  }

  @Handles(end)
  end(@Input() { params, request }: Input & InputOf<typeof end>) {
    return this.bus.execute(new EndEmergency(CITY, { emergency: params.id }, request));
  }

  @Handles(retention)
  async retention(@Input() _: InputOf<typeof retention>) {
    return { items: Object.values(await this.facts.retention()) };
  }

  @Handles(setRetention)
  setRetention(@Input() { body, request }: Input & InputOf<typeof setRetention>) {
    return this.bus.execute(new SetRetention(CITY, body, request));
  }
}
