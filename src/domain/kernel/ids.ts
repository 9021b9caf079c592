import { pattern } from './codec.js';

const uuid = <A extends string>(what: string) =>
  pattern<A>(
    `the id of ${what} (a lower-case UUID)`,
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    {
      format: 'uuid',
      maxLength: 36,
    },
  );

const slug = <A extends string>(what: string, examples: ReadonlyArray<string>) =>
  pattern<A>(`the code of ${what} (lower-case letters, digits, hyphens)`, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
    maxLength: 40,
    examples,
  });

/** Ids say nothing of a person: UUIDs derived from a command, or codes that the city gives out. */
export type CallId = string & { readonly CallId: unique symbol };
export const CallId = uuid<CallId>('a call');
export type RecordingId = string & { readonly RecordingId: unique symbol };
export const RecordingId = uuid<RecordingId>('a recording');
export type InquiryId = string & { readonly InquiryId: unique symbol };
export const InquiryId = uuid<InquiryId>('an inquiry');
export type CitizenId = string & { readonly CitizenId: unique symbol };
export const CitizenId = uuid<CitizenId>("a citizen's contact details");
export type ArticleId = string & { readonly ArticleId: unique symbol };
export const ArticleId = uuid<ArticleId>('an FAQ article');
export type EmergencyId = string & { readonly EmergencyId: unique symbol };
export const EmergencyId = uuid<EmergencyId>('an emergency declaration');
export type SynonymGroupId = string & { readonly SynonymGroupId: unique symbol };
export const SynonymGroupId = uuid<SynonymGroupId>('a group of synonyms');

export type DepartmentCode = string & { readonly DepartmentCode: unique symbol };
export const DepartmentCode = slug<DepartmentCode>('a department', ['kokuho-nenkin']);
/** A staff number, never a name. */
export type StaffId = string & { readonly StaffId: unique symbol };
export const StaffId = slug<StaffId>('a member of staff', ['op-0012']);
/** Policy category (施策分類). */
export type CategoryCode = string & { readonly CategoryCode: unique symbol };
export const CategoryCode = slug<CategoryCode>('a policy category', ['gomi-recycle']);
/** A place whose calls are taken: head office, a ward office, the general call centre. */
export type SiteCode = string & { readonly SiteCode: unique symbol };
export const SiteCode = slug<SiteCode>('a site', ['honcho']);
/** A line or extension of a site, as the city names it; not a citizen's number. */
export type LineCode = string & { readonly LineCode: unique symbol };
export const LineCode = slug<LineCode>('a line', ['daihyo-1']);
/** One configured recorder plugin. */
export type RecorderCode = string & { readonly RecorderCode: unique symbol };
export const RecorderCode = slug<RecorderCode>('a recorder instance', ['asterisk-honcho']);
