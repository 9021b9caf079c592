import fc from 'fast-check';
import type * as t from 'io-ts';
import { describe, expect, test } from 'vitest';
import type { CallState } from '../../src/domain/call/call.js';
import type { ConsentState } from '../../src/domain/consent/consent.js';
import { objection } from '../../src/domain/consent/consent.js';
import type { EmergencyState } from '../../src/domain/emergency/emergency-register.js';
import { wasPublished, type ArticleState } from '../../src/domain/faq/faq-article.js';
import type { InquiryState } from '../../src/domain/inquiry/inquiry.js';
import type { RecordType } from '../../src/domain/kernel/codec.js';
import type { DomainErrors } from '../../src/domain/kernel/errors.js';
import { decodeEvent, type AnyEventDefinition } from '../../src/domain/kernel/event.js';
import { plus, type Instant, type Period } from '../../src/domain/kernel/time.js';
import type { RecordingEvent } from '../../src/domain/recording/events.js';
import type { RecordingState } from '../../src/domain/recording/recording.js';
import { dueAt, type RetentionState } from '../../src/domain/retention/retention-policy.js';
import type { StaffState } from '../../src/domain/staff/staff-member.js';
import { arbitraryOf, marked, markers } from './arbitrary.js';
import { commandOf, historyOf, machines, run, type Step } from './machines.js';

const RUNS = 250;

/** Each listening and each disclosure is recorded, and each declaration is one of its own. */
const eachTimeCounts = ['ListenToRecording', 'DiscloseNumbers', 'DiscloseContact', 'DeclareEmergency'];

const definitions: ReadonlyArray<AnyEventDefinition> = machines.flatMap(({ decider }) => decider.events);
const asStored = (definition: AnyEventDefinition, data: unknown) => ({
  type: definition.type,
  version: definition.version,
  data: JSON.parse(JSON.stringify(data)) as unknown,
});

describe.each(machines)('$decider.category', (machine) => {
  const { decider } = machine;
  const histories = historyOf(machine);

  test('any command on any reachable state is decided without throwing, and what is decided evolves', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        run(decider, commands);
      }),
      { numRuns: RUNS },
    );
  });

  test('every decided event survives being stored', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        for (const { events } of run(decider, commands))
          for (const event of events) {
            const definition = decider.events.find(({ type }) => type === event.type)!;
            expect(decodeEvent(decider.events, asStored(definition, event.data))).toEqual({
              _tag: 'Right',
              right: event,
            });
          }
      }),
      { numRuns: RUNS },
    );
  });

  test('events evolve in any order, as after a repair by hand', () => {
    const events = fc.oneof(
      ...decider.events.map((definition: AnyEventDefinition) =>
        arbitraryOf(definition.data).map((data) => ({ type: definition.type, data })),
      ),
    );
    fc.assert(
      fc.property(fc.array(events, { maxLength: 10 }), (history) => {
        expect(history.reduce((state: unknown, event) => decider.evolve(state, event), decider.initial)).toBeDefined();
      }),
      { numRuns: RUNS },
    );
  });

  test('an error names a field of the command or none, and repeats no value', () => {
    fc.assert(
      fc.property(histories, commandOf(machine), (commands, last) => {
        const codec = machine.commands[last.type]![0] as RecordType<t.Props, t.Props>;
        const state = run(decider, commands).at(-1)?.after ?? decider.initial;
        const decided = decider.decide({ ...last, data: marked(codec, last.data) }, state);
        const errors: DomainErrors | [] = decided._tag === 'Left' ? decided.left : [];
        const told = JSON.stringify(errors);
        for (const marker of markers) expect(told).not.toContain(marker);
        for (const { field } of errors)
          if (field !== undefined)
            expect(Object.keys({ ...codec.required, ...codec.optional })).toContain(field.split('.')[0]);
      }),
      { numRuns: RUNS },
    );
  });

  test('a command sent again says nothing new, unless each time counts', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        for (const { command, events, after } of run(decider, commands)) {
          if (events.length === 0 || eachTimeCounts.includes(command.type)) continue;
          const again = decider.decide(command, after);
          expect(again._tag === 'Left' ? [] : again.right).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('the first command of all is refused, or says something that its answer can point to', () => {
    fc.assert(
      fc.property(commandOf(machine), (command) => {
        expect(decider.decide(command, decider.initial)).not.toEqual({ _tag: 'Right', right: [] });
      }),
      { numRuns: RUNS },
    );
  });
});

test('each command is accepted somewhere: the properties are about something', () => {
  for (const machine of machines) {
    const waiting = new Set(Object.keys(machine.commands));
    for (let seed = 1; waiting.size > 0 && seed <= 30; seed++)
      for (const commands of fc.sample(historyOf(machine), { numRuns: 50, seed }))
        for (const { command, events } of run(machine.decider, commands))
          if (events.length > 0) waiting.delete(command.type);
    expect([...waiting]).toEqual([]);
  }
});

const callCentre = ['operator', 'supervisor'];
const tellers = [...callCentre, 'recorder'];
const manager = ['responsible-manager'];
const manages = [...manager, 'system'];
const listeners = [...manager, 'assistant', 'switchboard-staff'];
const departments = [...manager, 'department-staff'];
const editors = ['department-staff', 'supervisor', 'administrator'];
const drafters = ['operator', ...editors];
const reviewers = ['department-staff', 'administrator'];
/** Who may bring about what: each event, and the roles of which one must have acted (S11, K6, K12, K13). */
const entitled: Readonly<Record<string, ReadonlyArray<string>>> = {
  CallStarted: tellers,
  CallAnswered: tellers,
  CallEnded: tellers,
  CallerNumbersDisclosed: listeners,
  CallerNumbersErased: manages,
  NumbersCaptured: tellers,
  NumbersErasureBegun: manages,
  ContactCollected: callCentre,
  ContactErasureBegun: manages,
  RecordingAnnounced: [...tellers, ...manager],
  AnnouncementExempted: [...tellers, ...manager],
  RecordingDeclined: [...tellers, ...manager],
  ConsentWithdrawn: [...tellers, ...manager],
  DepartmentOpened: ['administrator'],
  DepartmentRenamed: ['administrator'],
  DepartmentClosed: ['administrator'],
  EmergencyDeclared: manager,
  EmergencyEnded: manager,
  ArticlePublished: editors,
  ArticleRevised: editors,
  ArticleRetired: editors,
  ArticleDrafted: drafters,
  ArticleSubmitted: drafters,
  ArticleReturned: reviewers,
  ArticleApproved: reviewers,
  DraftDiscarded: drafters,
  FeedbackGiven: callCentre,
  ArticlesStaged: editors,
  FaqImported: editors,
  FaqImportCompleted: ['system'],
  FaqSearchSettled: callCentre,
  SynonymsDefined: ['administrator'],
  SynonymsChanged: ['administrator'],
  SynonymsRemoved: ['administrator'],
  StopWordAdded: ['administrator'],
  StopWordRemoved: ['administrator'],
  InquiryRecorded: callCentre,
  CallbackRequested: callCentre,
  CallbackAcknowledged: departments,
  CallbackAnswered: departments,
  ContactDisclosed: departments,
  ContactErased: manages,
  RecordingRegistered: ['recorder'],
  RecordingLost: ['recorder'],
  RecordingQuarantined: ['recorder'],
  RecordingReleased: manager,
  RecordingFlaggedSensitive: [...listeners, ...callCentre],
  SensitiveFlagCleared: manager,
  RecordingListened: listeners,
  DestructionRequested: manages,
  RecordingDestroyed: manages,
  RetentionSet: manager,
  StaffRegistered: ['administrator'],
  StaffDutyChanged: ['administrator'],
  StaffDeactivated: ['administrator'],
};

test('nothing is brought about but by a role that is entitled to it (S11, K6, K12, K13)', () => {
  expect(Object.keys(entitled).toSorted()).toEqual(definitions.map(({ type }) => type).toSorted());
  for (const machine of machines)
    fc.assert(
      fc.property(historyOf(machine), (commands) => {
        for (const { command, events } of run(machine.decider, commands))
          for (const { type } of events) expect(entitled[type]).toContain(command.actor.role);
      }),
      { numRuns: RUNS },
    );
});

test('any data of any event survives being stored; types are told apart', () => {
  expect(new Set(definitions.map(({ type }) => type)).size).toBe(definitions.length);
  for (const definition of definitions)
    fc.assert(
      fc.property(arbitraryOf(definition.data), (data) => {
        expect(decodeEvent([definition], asStored(definition, data))).toEqual({
          _tag: 'Right',
          right: { type: definition.type, data },
        });
      }),
      { numRuns: 50 },
    );
});

type Known = Extract<StaffState, { status: 'active' | 'deactivated' }>;
type Registered = Extract<RecordingEvent, { type: 'RecordingRegistered' }>['data'];

/** What stood at these keys stands there still. */
const isKept = (before: unknown, after: unknown, ...keys: ReadonlyArray<string>) => {
  const [was, is] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  return keys.every((key) => was[key] === undefined || was[key] === is[key]);
};

const isFinal = (before: unknown, after: unknown, status: string) =>
  (before as { status: string }).status !== status || (after as { status: string }).status === status;

const erasedInTime = ({ command, events }: Step) => {
  const [begun] = events.filter(({ type }) => type.endsWith('ErasureBegun'));
  const { reason } = (begun?.data ?? {}) as { reason?: string };
  const { dueAt: due } = command.facts as { dueAt?: Instant };
  if (reason === 'retention-due') return due !== undefined && due <= command.at;
  return reason !== 'incomplete' || (due === undefined && command.actor.role === 'system');
};

/** What must hold of every step from every reachable state. */
const invariants: Readonly<Record<string, Readonly<Record<string, (step: Step) => boolean>>>> = {
  caller: {
    'numbers that were captured never change (K2)': ({ before, after }) => isKept(before, after, 'numbers'),
    'an erasure that was begun is not undone (K7)': ({ before, after }) => isFinal(before, after, 'erasing'),
    'nothing is erased before it is due but at a request, or where it is incomplete (K7)': erasedInTime,
  },
  citizen: {
    'details that were collected never change (S5)': ({ before, after }) => isKept(before, after, 'contact', 'inquiry'),
    'an erasure that was begun is not undone (S7)': ({ before, after }) => isFinal(before, after, 'erasing'),
    'nothing is erased before it is due but at a request, or where it is incomplete (S7)': erasedInTime,
  },
  emergency: {
    'no declaration is forgotten or changed, and one that ended stays ended (K3)': ({ before, after }) => {
      const [were, are] = [before as EmergencyState, after as EmergencyState];
      return were.every((was, i) =>
        Object.entries(was).every(([key, value]) => are[i]?.[key as keyof typeof was] === value),
      );
    },
  },
  faq: {
    'what citizens were answered from stays known (S1)': ({ before, after }) =>
      !wasPublished(before as ArticleState) || wasPublished(after as ArticleState),
    'only who may edit or review changes what is published; drafts never do (S1)': ({ command, before, after }) => {
      const [was, is] = [before, after].map((state) => (state as { content?: unknown }).content);
      return was === is || !['DraftArticle', 'ChangeDraft', 'SubmitArticle', 'ReturnArticle'].includes(command.type);
    },
    'only what is in review is approved (S1)': ({ before, events }) =>
      !events.some(({ type }) => type === 'ArticleApproved') ||
      (before as { draft?: { stage: string } }).draft?.stage === 'in-review',
    'department staff change only what their own department has, and keep it there (S1)': ({
      command: { actor },
      before,
      after,
      events,
    }) =>
      events.length === 0 ||
      actor.role !== 'department-staff' ||
      [before as ArticleState, after as ArticleState].every(
        (state) => !wasPublished(state) || state.content.department === actor.department,
      ),
  },
  call: {
    'a call is answered and ends in its order': ({ after }) => {
      const state = after as CallState;
      if (state.status === 'absent') return true;
      const { startedAt, answeredAt = startedAt, endedAt = answeredAt } = state;
      return startedAt <= answeredAt && answeredAt <= endedAt;
    },
    'erased numbers stay erased': ({ before, after }) =>
      !((before as { numbersErased?: boolean }).numbersErased === true) ||
      (after as { numbersErased?: boolean }).numbersErased === true,
    'what was told once is not changed': ({ before, after }) =>
      Object.entries(before as object).every(
        ([key, value]) =>
          !['startedAt', 'answeredAt', 'endedAt', 'site'].includes(key) ||
          (after as Record<string, unknown>)[key] === value,
      ),
  },
  consent: {
    'a refusal is final (K3)': ({ before, after }) => {
      const [was, is] = [before as ConsentState, after as ConsentState];
      return !['declined', 'withdrawn'].includes(was.status) || is.status === was.status;
    },
    'use is allowed only after an announcement or under a declared emergency (K3)': ({ after, events, command }) => {
      const state = after as ConsentState;
      const usable = objection(state, '2099-01-01T00:00:00.000Z' as Instant) === undefined;
      const exempted = events.some(({ type }) => type === 'AnnouncementExempted');
      return (
        (!usable || state.announcedAt !== undefined || state.status === 'exempt') &&
        (!exempted || (command.facts as { emergency?: string }).emergency !== undefined)
      );
    },
  },
  inquiry: {
    'what was recorded of a contact is not changed (S2)': ({ before, after }) =>
      isKept(before, after, 'department', 'receivedAt', 'scope', 'handling'),
    'a callback belongs to a contact that was handled as one, out of scope, for its department (S5, S6)': ({
      after,
    }) => {
      const state = after as InquiryState;
      if (state.status === 'absent' || state.callback === undefined) return true;
      return (
        state.handling === 'callback' && state.scope !== 'in-scope' && state.callback.department === state.department
      );
    },
    'a callback goes from waiting to acknowledged to answered, and never back (S6)': ({ before, after }) => {
      const order = ['waiting', 'acknowledged', 'answered'];
      const stage = (state: unknown) =>
        order.indexOf((state as Extract<InquiryState, { status: 'recorded' }>).callback?.status ?? '');
      return stage(after) === stage(before) || stage(after) === stage(before) + 1;
    },
    'a callback exists only for a closed office, a matter out of scope, at the citizen’s request (S5)': ({
      command,
      before,
      events,
    }) =>
      !events.some(({ type }) => type === 'CallbackRequested') ||
      ((command.facts as { office: { closed: boolean } }).office.closed &&
        (before as { scope?: string }).scope !== 'in-scope' &&
        (command.data as { requestedByCitizen: boolean }).requestedByCitizen),
    'a matter out of scope is never answered (S4)': ({ after }) => {
      const state = after as InquiryState;
      return state.status === 'absent' || state.scope === 'in-scope' || state.handling !== 'answered';
    },
    'an answered callback was acknowledged (S6)': ({ before, events }) =>
      !events.some(({ type }) => type === 'CallbackAnswered') ||
      (before as Extract<InquiryState, { status: 'recorded' }>).callback?.status === 'acknowledged',
    'an erased contact stays erased, and is not disclosed (S7)': ({ before, after, events }) => {
      const erased = (state: unknown) =>
        (state as Extract<InquiryState, { status: 'recorded' }>).callback?.contactErased === true;
      return !erased(before) || (erased(after) && !events.some(({ type }) => type === 'ContactDisclosed'));
    },
    'a callback is handled by its own department or the responsible manager (S6)': ({ command, before, events }) => {
      const handled = ['CallbackAcknowledged', 'CallbackAnswered', 'ContactDisclosed'];
      if (!events.some(({ type }) => handled.includes(type))) return true;
      const { callback } = before as Extract<InquiryState, { status: 'recorded' }>;
      return command.actor.role === 'responsible-manager' || command.actor.department === callback?.department;
    },
  },
  recording: {
    'quarantine is left only by a release that nothing stands against, or by destruction (K3)': ({
      command,
      before,
      after,
    }) =>
      (before as RecordingState).status !== 'quarantined' ||
      (after as RecordingState).status !== 'stored' ||
      (command.type === 'ReleaseRecording' && (command.facts as { objection?: string }).objection === undefined),
    'what was registered stays what it was, and due when it was (K4, K7)': ({ before, after }) =>
      isKept(before, after, 'call', 'source', 'startedAt', 'mediaType', 'dueAt'),
    'nothing ends before it starts, or in the future (K7)': ({ command, events }) => {
      const told = events.find(({ type }) => type === 'RecordingRegistered')?.data as Registered | undefined;
      return (
        told === undefined ||
        (told.startedAt <= told.endedAt && Date.parse(told.endedAt) <= Date.parse(command.at) + 60_000)
      );
    },
    'what waits for its destruction is used no more (K7)': ({ before, events }) =>
      !['being-destroyed', 'destroyed'].includes((before as RecordingState).status) ||
      events.every(({ type }) => type === 'RecordingDestroyed'),
    'what consent forbids is stored in quarantine only (K3)': ({ command, after, events }) =>
      !events.some(({ type }) => type === 'RecordingRegistered') ||
      (command.facts as { objection?: string }).objection === undefined ||
      (after as RecordingState).status === 'quarantined',
    'nobody listens in quarantine, against consent, when due or after destruction (K3, K7)': ({
      command,
      before,
      events,
    }) => {
      if (!events.some(({ type }) => type === 'RecordingListened')) return true;
      const state = before as { readonly status: string; readonly dueAt: Instant };
      const { objection: against } = command.facts as { objection?: string };
      return state.status === 'stored' && against === undefined && command.at < state.dueAt;
    },
    'only the responsible manager listens to what is sensitive (K2)': ({ command, before, events }) =>
      !events.some(({ type }) => type === 'RecordingListened') ||
      !(before as { sensitive?: boolean }).sensitive ||
      command.actor.role === 'responsible-manager',
    'what was destroyed stays destroyed (K7)': ({ before, after }) =>
      (before as RecordingState).status !== 'destroyed' || (after as RecordingState).status === 'destroyed',
    'audio is gone only after its destruction was asked for (K7)': ({ before, after }) =>
      (after as RecordingState).status !== 'destroyed' ||
      ['being-destroyed', 'destroyed'].includes((before as RecordingState).status),
  },
  staff: {
    'who employs them never changes (S11)': ({ before, after }) =>
      (before as StaffState).status === 'absent' ||
      (before as Known).profile.employer === (after as Known).profile.employer,
    'department staff have a department (S6)': ({ after }) =>
      (after as StaffState).status === 'absent' ||
      (after as Known).profile.role !== 'department-staff' ||
      (after as Known).profile.department !== undefined,
    'a contractor’s staff never hold a duty of the city (S11)': ({ after }) => {
      const state = after as StaffState;
      return (
        state.status === 'absent' ||
        state.profile.employer === 'city' ||
        ['operator', 'supervisor', 'contractor-supervisor'].includes(state.profile.role)
      );
    },
    'who has left stays away': ({ before, after }) =>
      (before as StaffState).status !== 'deactivated' || (after as StaffState).status === 'deactivated',
  },
};

describe.each(Object.entries(invariants))('invariants of %s', (category, rules) => {
  const machine = machines.find(({ decider }) => decider.category === category)!;
  test.each(Object.entries(rules))('%s', (_, holds) => {
    fc.assert(
      fc.property(historyOf(machine), (commands) => {
        for (const step of run(machine.decider, commands)) expect(holds(step)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});

test('no accepted retention outlasts its bound, from whatever day (S7, K7)', () => {
  const machine = machines.find(({ decider }) => decider.category === 'retention')!;
  const bounds = { 'callback-contact': 'P1Y', 'caller-numbers': 'P3M', recording: 'P3M' } as const;
  const days = fc
    .integer({ min: 0, max: 3_000 })
    .map((n) => new Date(Date.UTC(2024, 0, 1) + n * 86_400_000).toISOString());
  fc.assert(
    fc.property(historyOf(machine), days, (commands, day) => {
      const state = (run(machine.decider, commands).at(-1)?.after ?? machine.decider.initial) as RetentionState;
      for (const [category, bound] of Object.entries(bounds))
        expect(
          dueAt(state, category as keyof typeof bounds, day as Instant) <= plus(day as Instant, bound as Period),
        ).toBe(true);
    }),
    { numRuns: 500 },
  );
});
