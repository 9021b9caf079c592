import fc, { type Arbitrary } from 'fast-check';
import type * as t from 'io-ts';
import * as Call from '../../src/domain/call/commands.js';
import { call } from '../../src/domain/call/call.js';
import { CallerNumbersErased } from '../../src/domain/call/events.js';
import { caller } from '../../src/domain/caller/caller.js';
import { CallerNumbers, NumbersErasureBegun } from '../../src/domain/caller/events.js';
import { citizen } from '../../src/domain/citizen/citizen.js';
import { ContactCollected, ContactErasureBegun } from '../../src/domain/citizen/events.js';
import * as Consent from '../../src/domain/consent/commands.js';
import { consent } from '../../src/domain/consent/consent.js';
import { department } from '../../src/domain/department/department.js';
import { DepartmentName } from '../../src/domain/department/events.js';
import { DeclareEmergency } from '../../src/domain/emergency/commands.js';
import { EmergencyEnded } from '../../src/domain/emergency/events.js';
import { emergencyRegister } from '../../src/domain/emergency/emergency-register.js';
import { ReturnArticle } from '../../src/domain/faq/commands.js';
import { ArticleContent, FeedbackGiven } from '../../src/domain/faq/events.js';
import { faqArticle } from '../../src/domain/faq/faq-article.js';
import { AcceptImport, faqImport, importPart, ImportPlan } from '../../src/domain/faq/faq-import.js';
import { ArticlesStaged, FaqImportCompleted } from '../../src/domain/faq/import-events.js';
import { feedback } from '../../src/domain/faq/feedback.js';
import { SettleFaqSearch } from '../../src/domain/faq-search/commands.js';
import { faqSearch } from '../../src/domain/faq-search/faq-search.js';
import * as Inquiry from '../../src/domain/inquiry/commands.js';
import { ContactErased } from '../../src/domain/inquiry/events.js';
import { inquiry } from '../../src/domain/inquiry/inquiry.js';
import { flag, integer, list, oneOf, record, text } from '../../src/domain/kernel/codec.js';
import type { Command, Decider } from '../../src/domain/kernel/decider.js';
import type { DomainEvent } from '../../src/domain/kernel/event.js';
import { CitizenId, DepartmentCode, EmergencyId, SynonymGroupId } from '../../src/domain/kernel/ids.js';
import { OfficeVerdict } from '../../src/domain/kernel/office.js';
import { Instant, Period } from '../../src/domain/kernel/time.js';
import * as Recording from '../../src/domain/recording/commands.js';
import {
  QuarantineReason,
  RecordingDestroyed,
  RecordingLost,
  RecordingRegistered,
} from '../../src/domain/recording/events.js';
import { recording } from '../../src/domain/recording/recording.js';
import { RetentionRule } from '../../src/domain/retention/events.js';
import { retentionPolicy } from '../../src/domain/retention/retention-policy.js';
import { SynonymGroup, Synonyms } from '../../src/domain/search-dictionary/events.js';
import { searchDictionary } from '../../src/domain/search-dictionary/search-dictionary.js';
import { StaffDuty, StaffProfile } from '../../src/domain/staff/events.js';
import { staffMember } from '../../src/domain/staff/staff-member.js';
import { actors, arbitraryOf, ids, moments } from './arbitrary.js';

const none = record('None', {});
const erasureFacts = record('ErasureFacts', {}, { dueAt: Instant });
const consentFact = record('ConsentFact', {}, { objection: QuarantineReason });
const callFact = record('CallFact', { callKnown: flag });
const departmentFact = record('DepartmentFact', { departmentOpen: flag });
const { call: ofCall, source, startedAt, endedAt, bytes, mediaType, emergencyFlag } = RecordingRegistered.data.required;
const registration = record('Registration', {
  call: ofCall,
  source,
  startedAt,
  endedAt,
  bytes,
  mediaType,
  emergencyFlag,
});

// oxlint-disable-next-line typescript/no-explicit-any -- a list of deciders of different aggregates
type AnyDecider = Decider<any, any, any>;

/** Every command of an aggregate: the codecs of its data and of its facts. */
interface Machine {
  readonly decider: AnyDecider;
  readonly commands: Readonly<Record<string, readonly [data: t.Any, facts: t.Any]>>;
  /** Commands that lead deep into it: chance alone would hardly find that way. */
  readonly opening?: ReadonlyArray<Command>;
}

const opening = (role: string, type: string, data: object, facts: object = {}): Command => ({
  type,
  data,
  facts,
  at: '2026-04-01T12:00:00.000Z' as Instant,
  actor: { subject: 'staff-1', role } as Command['actor'],
});

const article = {
  question: '粗大ごみの出し方は？',
  answer: '申込みの方法を案内した',
  category: 'gomi-recycle',
  department: 'kankyo',
};

export const machines: ReadonlyArray<Machine> = [
  {
    decider: call,
    commands: {
      StartCall: [Call.StartCall, record('Facts', { eraseNumbersAt: Instant })],
      AnswerCall: [Call.AnswerCall, none],
      EndCall: [Call.EndCall, none],
      DiscloseNumbers: [Call.DiscloseNumbers, none],
      RecordNumbersErasure: [CallerNumbersErased.data, none],
    },
  },
  {
    decider: caller,
    commands: { CaptureNumbers: [CallerNumbers, none], BeginNumbersErasure: [NumbersErasureBegun.data, erasureFacts] },
  },
  {
    decider: citizen,
    commands: {
      CollectContact: [ContactCollected.data, none],
      BeginContactErasure: [ContactErasureBegun.data, erasureFacts],
    },
  },
  {
    decider: consent,
    commands: {
      AnnounceRecording: [Consent.AnnounceRecording, callFact],
      DeclineRecording: [Consent.DeclineRecording, callFact],
      WithdrawConsent: [Consent.WithdrawConsent, callFact],
      ExemptAnnouncement: [none, record('Facts', callFact.required, { emergency: EmergencyId })],
    },
  },
  {
    decider: department,
    commands: {
      OpenDepartment: [DepartmentName, none],
      RenameDepartment: [DepartmentName, none],
      CloseDepartment: [none, none],
    },
  },
  {
    decider: emergencyRegister,
    commands: {
      DeclareEmergency: [DeclareEmergency, record('Facts', { emergency: EmergencyId })],
      EndEmergency: [record('End', { emergency: EmergencyEnded.data.required.emergency }), none],
    },
  },
  {
    decider: faqArticle,
    commands: {
      PublishArticle: [ArticleContent, departmentFact],
      ReviseArticle: [ArticleContent, departmentFact],
      RetireArticle: [none, none],
      RepublishArticle: [ArticleContent, departmentFact],
      DraftArticle: [ArticleContent, departmentFact],
      ChangeDraft: [ArticleContent, departmentFact],
      SubmitArticle: [none, none],
      ReturnArticle: [ReturnArticle, none],
      ApproveArticle: [none, departmentFact],
      DiscardDraft: [none, none],
      ImportArticle: [ArticleContent, departmentFact],
    },
    opening: [
      opening('supervisor', 'PublishArticle', article, { departmentOpen: true }),
      opening('supervisor', 'RetireArticle', {}),
      opening('supervisor', 'RepublishArticle', article, { departmentOpen: true }),
      opening('operator', 'ChangeDraft', article, { departmentOpen: true }),
      opening('operator', 'SubmitArticle', {}),
    ],
  },
  { decider: importPart, commands: { StageArticles: [ArticlesStaged.data, none] } },
  {
    decider: faqImport,
    commands: { AcceptImport: [AcceptImport, ImportPlan], CompleteImport: [none, FaqImportCompleted.data] },
  },
  {
    decider: feedback,
    commands: { GiveFeedback: [FeedbackGiven.data, record('Facts', { articleKnown: flag, inquiryKnown: flag })] },
  },
  {
    decider: faqSearch,
    commands: {
      SettleFaqSearch: [
        SettleFaqSearch,
        record('Facts', { known: list(text(60), 60), others: integer(0, 500), articleKnown: flag }),
      ],
    },
  },
  {
    decider: inquiry,
    commands: {
      RecordInquiry: [
        Inquiry.RecordInquiry,
        record('Facts', { unknownDepartments: list(DepartmentCode, 3), articleKnown: flag, callKnown: flag }),
      ],
      RequestCallback: [
        record('Ask', { requestedByCitizen: flag }),
        record('Facts', { citizen: CitizenId, office: OfficeVerdict, dueAt: Instant, eraseAt: Instant }),
      ],
      AcknowledgeCallback: [none, none],
      AnswerCallback: [Inquiry.AnswerCallback, none],
      DiscloseContact: [Inquiry.DiscloseContact, none],
      RecordContactErasure: [ContactErased.data, none],
    },
    opening: [
      opening(
        'operator',
        'RecordInquiry',
        {
          summary: '苦情',
          answer: '担当課に伝える',
          category: 'sodan',
          department: 'kokuho-nenkin',
          relatedDepartments: [],
          handling: 'callback',
          receivedAt: '2026-04-01T11:00:00.000Z',
          scope: 'complaint',
        },
        { unknownDepartments: [], articleKnown: true, callKnown: true },
      ),
      opening(
        'operator',
        'RequestCallback',
        { requestedByCitizen: true },
        {
          citizen: ids[0],
          office: { closed: true, reason: 'night', calendar: 'test' },
          dueAt: '2026-04-02T08:00:00.000Z',
          eraseAt: '2027-04-01T12:00:00.000Z',
        },
      ),
      opening('responsible-manager', 'AcknowledgeCallback', {}),
    ],
  },
  {
    decider: recording,
    commands: {
      RegisterRecording: [
        registration,
        record('Facts', { callKnown: flag, retention: Period, dueAt: Instant }, consentFact.optional),
      ],
      ReportLost: [RecordingLost.data, callFact],
      ReleaseRecording: [none, consentFact],
      FlagSensitive: [Recording.FlagSensitive, none],
      ClearSensitiveFlag: [none, none],
      ListenToRecording: [Recording.ListenToRecording, consentFact],
      DestroyRecording: [Recording.DestroyRecording, consentFact],
      ConfirmDestruction: [RecordingDestroyed.data, none],
    },
    opening: [
      opening(
        'recorder',
        'RegisterRecording',
        {
          call: ids[0],
          source: { recorder: 'recorder-1', ref: '1.wav' },
          startedAt: '2026-04-01T10:00:00.000Z',
          endedAt: '2026-04-01T11:00:00.000Z',
          bytes: 1,
          mediaType: 'audio/wav',
          emergencyFlag: false,
        },
        { callKnown: true, retention: 'P3M', dueAt: '2026-07-01T10:00:00.000Z', objection: 'not-announced' },
      ),
      opening('operator', 'FlagSensitive', { ground: 'health' }),
      opening('responsible-manager', 'ReleaseRecording', {}),
    ],
  },
  {
    decider: searchDictionary,
    commands: {
      DefineSynonyms: [Synonyms, record('Facts', { group: SynonymGroupId })],
      ChangeSynonyms: [SynonymGroup, none],
      RemoveSynonyms: [record('Removal', { group: SynonymGroupId }), none],
      // Few words, so that they meet again.
      AddStopWord: [record('Word', { word: oneOf('手続き', '方法') }), none],
      RemoveStopWord: [record('Word', { word: oneOf('手続き', '方法') }), none],
    },
    opening: [
      opening('administrator', 'DefineSynonyms', { expressions: ['粗大ごみ', '大型ごみ'] }, { group: ids[0] }),
      opening('administrator', 'AddStopWord', { word: '手続き' }),
    ],
  },
  { decider: retentionPolicy, commands: { SetRetention: [RetentionRule, none] } },
  {
    decider: staffMember,
    commands: {
      RegisterStaff: [StaffProfile, departmentFact],
      ChangeStaffDuty: [StaffDuty, departmentFact],
      DeactivateStaff: [none, none],
    },
  },
];

/** Of everything that is commanded or stored. */
export const codecs: ReadonlyArray<t.Any> = [
  ...machines.flatMap(({ commands }) => Object.values(commands).map(([data]) => data)),
  ...machines.flatMap(({ decider }) => decider.events.map(({ data }) => data)),
];

/** The roles that may do something somewhere, more often than chance would have them. */
const likely = oneOf('operator', 'responsible-manager', 'administrator', 'recorder', 'system', 'department-staff');

/** Any command by any actor with any facts; often one that could succeed. */
export const commandOf = ({ commands }: Machine): Arbitrary<Command> =>
  fc.oneof(
    ...Object.entries(commands).map(([type, [data, facts]]) =>
      fc.record({
        type: fc.constant(type),
        data: arbitraryOf(data),
        facts: arbitraryOf(facts),
        at: moments,
        actor: fc.oneof(
          actors,
          fc.record({ subject: fc.constant('staff-1'), role: arbitraryOf(likely) }) as unknown as typeof actors,
        ),
      }),
    ),
  );

/** Some commands one after another. */
export const historyOf = (machine: Machine): Arbitrary<ReadonlyArray<Command>> => {
  const commands = fc.array(commandOf(machine), { maxLength: 12 });
  return fc.oneof(
    commands,
    commands.map((more) => [...(machine.opening ?? []), ...more]),
  );
};

export interface Step {
  readonly command: Command;
  readonly before: unknown;
  readonly events: ReadonlyArray<DomainEvent>;
  readonly after: unknown;
}

/** Runs commands one after another; a refused one leaves the state as it is. Throws what `decide` or `evolve` throws. */
export const run = (decider: AnyDecider, commands: ReadonlyArray<Command>): ReadonlyArray<Step> => {
  let state: unknown = decider.initial;
  return commands.map((command) => {
    const before = state;
    const decided = decider.decide(command, before);
    const events: ReadonlyArray<DomainEvent> = decided._tag === 'Right' ? decided.right : [];
    state = events.reduce((folded: unknown, event) => decider.evolve(folded, event), before);
    return { command, before, events, after: state };
  });
};
