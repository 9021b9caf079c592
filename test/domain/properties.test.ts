import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallState } from '../../src/domain/call/call.js';
import type { ConsentState } from '../../src/domain/consent/consent.js';
import { objection } from '../../src/domain/consent/consent.js';
import type { InquiryState } from '../../src/domain/inquiry/inquiry.js';
import { decodeEvent, type AnyEventDefinition } from '../../src/domain/kernel/event.js';
import { plus, type Instant, type Period } from '../../src/domain/kernel/time.js';
import type { RecordingState } from '../../src/domain/recording/recording.js';
import { dueAt, type RetentionState } from '../../src/domain/retention/retention-policy.js';
import type { StaffState } from '../../src/domain/staff/staff-member.js';
import { arbitraryOf } from './arbitrary.js';
import { commandOf, historyOf, machines, run, type Step } from './machines.js';

const RUNS = 250;

const definitions: ReadonlyArray<AnyEventDefinition> = machines.flatMap(({ decider }) => decider.events);
const asStored = (definition: AnyEventDefinition, data: unknown) => ({
  type: definition.type,
  version: definition.version,
  data: JSON.parse(JSON.stringify(data)) as unknown,
});

/** Values that are no words of the domain's own vocabulary. */
const freeTexts = (data: unknown): ReadonlyArray<string> =>
  typeof data === 'string'
    ? data.length >= 6 && !/^[a-zA-Z-]+$/.test(data)
      ? [data]
      : []
    : typeof data === 'object' && data !== null
      ? Object.values(data).flatMap(freeTexts)
      : [];

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

  test('no error repeats a value', () => {
    fc.assert(
      fc.property(histories, commandOf(machine), (commands, last) => {
        const state = run(decider, commands).at(-1)?.after ?? decider.initial;
        const decided = decider.decide(last, state);
        if (decided._tag === 'Right') return;
        const said = JSON.stringify(decided.left);
        for (const text of freeTexts(last.data)) expect(said).not.toContain(text);
      }),
      { numRuns: RUNS },
    );
  });
});

test('each command is accepted somewhere: the properties are about something', () => {
  const accepted = new Set<string>();
  for (const machine of machines)
    fc.assert(
      fc.property(historyOf(machine), (commands) => {
        for (const { command, events } of run(machine.decider, commands))
          if (events.length > 0) accepted.add(command.type);
      }),
      { numRuns: 1_500, seed: 20_260_401 },
    );
  const all = machines.flatMap(({ commands }) => Object.keys(commands));
  expect(all.filter((type) => !accepted.has(type))).toEqual([]);
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

/** What must hold of every step from every reachable state. */
const invariants: Readonly<Record<string, Readonly<Record<string, (step: Step) => boolean>>>> = {
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
