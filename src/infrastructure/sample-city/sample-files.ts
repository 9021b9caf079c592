import { readFileSync } from 'node:fs';
import * as t from 'io-ts';
import { PhoneNumber } from '../../domain/caller/events.js';
import { ContactDetails } from '../../domain/citizen/events.js';
import { ArticleContent } from '../../domain/faq/events.js';
import { contactItems } from '../../domain/inquiry/events.js';
import { flag, integer, list, pattern, record, text } from '../../domain/kernel/codec.js';
import { decode } from '../../domain/kernel/errors.js';
import { DepartmentCode, LineCode, SiteCode, StaffId } from '../../domain/kernel/ids.js';
import { StaffProfile } from '../../domain/staff/events.js';

/** The sample city's files, all synthetic (`sample/README.md`). Times are Japan's. */
const folder = new URL('../../../sample/', import.meta.url);

const key = (kind: string) => pattern<string>(`a key such as ${kind}-001`, new RegExp(`^${kind}-\\d{3}$`), {});
const timeOfDay = pattern<string>('a time such as 08:30', /^([01]\d|2[0-3]):[0-5]\d$/, {});
const dayOffset = integer(-1, 0, '0 is the sample day, -1 the day before.');
const { summary, answer, category, department, handling, scope } = contactItems;

export const SampleDepartment = record('SampleDepartment', { code: DepartmentCode, name: text(60) });
export const SampleStaff = record('SampleStaff', { id: StaffId, ...StaffProfile.required }, StaffProfile.optional);
export const SampleArticle = record('SampleArticle', { id: key('faq'), ...ArticleContent.required });
export const SampleCall = record(
  'SampleCall',
  {
    id: key('call'),
    dayOffset,
    at: timeOfDay,
    site: SiteCode,
    line: LineCode,
    to: PhoneNumber,
    durationSeconds: integer(1, 7200),
    announced: flag,
    recorded: flag,
  },
  { from: PhoneNumber, emergencyFlag: flag },
);
export const SampleInquiry = record(
  'SampleInquiry',
  {
    id: key('inquiry'),
    at: timeOfDay,
    operator: StaffId,
    related: list(DepartmentCode, 10),
    summary,
    answer,
    category,
    department,
    handling,
    scope,
  },
  {
    dayOffset,
    collectedDaysAgo: integer(1, 1000, 'Counted back from the sample day.'),
    transferredTo: DepartmentCode,
    faq: key('faq'),
    call: key('call'),
    callback: ContactDetails,
  },
);

/** One of the files, checked. Throws naming every wrong field. */
export const sampleFile = <A>(name: string, item: t.Type<A, unknown>): ReadonlyArray<A> => {
  const decoded = decode(t.readonlyArray(item), JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  if (decoded._tag === 'Right') return decoded.right;
  throw new Error(`sample/${name}: ${decoded.left.map(({ field, message }) => `${field} ${message}`).join('; ')}`);
};
