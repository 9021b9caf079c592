import * as E from 'fp-ts/lib/Either.js';
import { contramap } from 'fp-ts/lib/Ord.js';
import * as S from 'fp-ts/lib/string.js';
import fc from 'fast-check';
import { expect } from 'vitest';
import type {
  AppendError,
  Appended,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  RecordedEvent,
  StreamName,
} from '../../src/application/ports/event-store.js';
import { newEvent, newStream } from './synthetic-events.js';

const TYPES = ['CallEnded', 'CallAnswered', 'CallStarted'];
const CATEGORIES = ['call', 'calls', 'recording'];

const stream = fc.nat(CATEGORIES.length - 1);
const types = fc.option(fc.subarray(TYPES), { nil: undefined });
const categories = fc.option(fc.subarray(CATEGORIES), { nil: undefined });
const limit = fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined });

/** `off`: how far what is expected lies from what is true. `again`: not new events but those of that earlier append. */
const anAppend = fc.record({
  stream,
  off: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) }),
  types: fc.array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 4 }),
  again: fc.option(fc.nat(30), { nil: undefined, freq: 4 }),
});

/** What may be asked of a store. `from` counts events from the model's beginning, or revisions. */
export const steps = fc.array(
  fc.oneof(
    fc.record({ ask: fc.constant('append' as const), together: fc.array(anAppend, { minLength: 1, maxLength: 5 }) }),
    fc.record({
      ask: fc.constant('readStream' as const),
      stream,
      direction: fc.constantFrom('forwards' as const, 'backwards' as const),
      from: fc.option(fc.nat(12), { nil: undefined }),
      limit,
      asOf: fc.option(fc.nat(30), { nil: undefined }),
    }),
    fc.record({ ask: fc.constant('readAll' as const), from: fc.nat(30), types, categories, limit }),
    fc.record({ ask: fc.constant('subscribe' as const), from: fc.nat(30), types, categories }),
    fc.record({ ask: fc.constant('crash' as const) }),
  ),
  { minLength: 1, maxLength: 25 },
);
type Step = typeof steps extends fc.Arbitrary<Array<infer S>> ? S : never;

interface Asked {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: ReadonlyArray<NewEvent>;
}

type Stored = NewEvent & Pick<RecordedEvent, 'stream' | 'revision'>;

/** An event store as a list. Positions and times are the real store's own: they are checked apart. */
class Model {
  readonly all: Stored[] = [];

  of(stream: StreamName): ReadonlyArray<Stored> {
    return this.all.filter((event) => event.stream === stream);
  }

  append({ stream, expected, events }: Asked): E.Either<AppendError, Pick<Appended, 'revision'>> {
    const standing = this.of(stream);
    const before = expected === 'none' ? -1 : expected;
    const revision = before + events.length;
    if (standing.length - 1 === before) {
      this.all.push(...events.map((event, n) => ({ ...event, stream, revision: before + 1 + n })));
      return E.right({ revision });
    }
    const repeated = events.every(({ id }, n) => standing[before + 1 + n]?.id === id);
    return repeated ? E.right({ revision }) : E.left({ _tag: 'conflict', stream, expected });
  }
}

interface Answered {
  readonly answer: E.Either<AppendError, Appended>;
}

/** What stored nothing comes first: the model does not care when. */
const placeOf = ({ answer }: Answered): string => (E.isRight(answer) ? answer.right.position : '');
const byPosition = contramap(placeOf)(S.Ord).compare;

/**
 * Fails when the store, asked step by step, says anything that the model does not. `current` gives the store that is
 * open, which is another one after a `crash`.
 */
export const agreesWithModel = async (
  current: () => EventStore,
  plan: ReadonlyArray<Step>,
  crash: () => Promise<void>,
): Promise<void> => {
  const begin = await current().head();
  const model = new Model();
  const streams = CATEGORIES.map((category) => newStream(category));
  const appends: Asked[] = [];
  const stored = () => Array.fromAsync(current().readAll({ from: begin }));
  const positionOf = async (from: number): Promise<Position> => (await stored())[from - 1]?.position ?? begin;
  const matching = (from: number, types?: ReadonlyArray<string>, categories?: ReadonlyArray<string>) =>
    model.all
      .slice(from)
      .filter((event) => types?.includes(event.type) ?? true)
      .filter((event) => categories?.some((category) => event.stream.startsWith(`${category}-`)) ?? true);
  const filterOf = ({ types, categories }: { types: string[] | undefined; categories: string[] | undefined }) => ({
    ...(types !== undefined && { types }),
    ...(categories !== undefined && { streamPrefixes: categories.map((category) => `${category}-`) }),
  });

  for (const step of plan)
    switch (step.ask) {
      case 'append': {
        const together = step.together.map(({ stream, off, types, again }): Asked => {
          const earlier = again === undefined ? undefined : appends[again];
          if (earlier !== undefined) return earlier;
          const expected = model.of(streams[stream]!).length - 1 + off;
          const events = types.map((type) => newEvent({}, type));
          return { stream: streams[stream]!, expected: expected < 0 ? 'none' : expected, events };
        });
        // One a stream: an engine may take appends of one moment in any order, and each must have one right answer.
        const asked = together.filter(({ stream }, n) => together.findIndex((one) => one.stream === stream) === n);
        appends.push(...asked);
        const answers = await Promise.all(
          asked.map(async (one) => ({ one, answer: await current().append(one.stream, one.expected, one.events)() })),
        );
        for (const { one, answer } of answers.toSorted(byPosition)) {
          const expected = model.append(one);
          if (E.isLeft(expected)) expect(answer).toEqual(expected);
          else expect(answer).toMatchObject(expected);
        }
        break;
      }
      case 'readStream': {
        const { direction, from, limit } = step;
        const asOf = step.asOf === undefined ? undefined : (await stored())[step.asOf]?.recordedAt;
        const own = streams[step.stream]!;
        const times = new Map((await stored()).map(({ id, recordedAt }) => [id, recordedAt]));
        const expected = model
          .of(own)
          .filter(({ id }) => asOf === undefined || times.get(id)! <= asOf)
          .filter(
            ({ revision }) => from === undefined || (direction === 'forwards' ? revision > from : revision < from),
          );
        const options = {
          direction,
          ...(from !== undefined && { from }),
          ...(limit !== undefined && { limit }),
          ...(asOf !== undefined && { asOf }),
        };
        const ordered = direction === 'forwards' ? expected : expected.toReversed();
        expect(await Array.fromAsync(current().readStream(own, options))).toMatchObject(ordered.slice(0, limit));
        break;
      }
      case 'readAll': {
        const expected = matching(step.from > model.all.length ? 0 : step.from, step.types, step.categories);
        const from = await positionOf(step.from);
        const options = { from, filter: filterOf(step), ...(step.limit !== undefined && { limit: step.limit }) };
        expect(await Array.fromAsync(current().readAll(options))).toMatchObject(expected.slice(0, step.limit));
        break;
      }
      case 'subscribe': {
        const expected = matching(step.from > model.all.length ? 0 : step.from, step.types, step.categories);
        const events: RecordedEvent[] = [];
        const options = { from: await positionOf(step.from), filter: filterOf(step) };
        for await (const batch of current().subscribe({ ...options, signal: new AbortController().signal })) {
          events.push(...batch.events);
          if (batch.live) break;
        }
        expect(events).toMatchObject(expected);
        break;
      }
      case 'crash':
        await crash();
    }

  const positions = (await stored()).map(({ position }) => position);
  expect(positions).toHaveLength(model.all.length);
  expect(positions).toEqual(positions.toSorted());
};
