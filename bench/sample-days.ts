import { join } from 'node:path';
import {
  categoryOf,
  type EventId,
  type ExpectedRevision,
  type NewEvent,
  type RecordedEvent,
  type StreamName,
} from '../src/application/ports/event-store.js';
import { ArticlePublished, ArticleRevised } from '../src/domain/faq/events.js';
import { SqliteEventStore } from '../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { SystemClock } from '../src/infrastructure/system-clock.js';
import { startServer } from './server.js';

const DAY_MS = 86_400_000;
/** Appended at a time. */
const TOGETHER = 2_000;

const uuid = /[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/g;
const instants = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/** The sample city's events, as the server stores them. */
const sampleEvents = async (folder: string): Promise<ReadonlyArray<RecordedEvent>> => {
  const data = join(folder, 'sample');
  await (await startServer(data)).stop();
  const store = SqliteEventStore.open({ file: join(data, 'events.sqlite'), clock: new SystemClock() });
  const events: RecordedEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  await store.close();
  return events;
};

interface Append {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: ReadonlyArray<NewEvent>;
}

/** Events as appends, one a stream. */
const appendsOf = (
  events: ReadonlyArray<RecordedEvent>,
  copy: (text: string) => string,
  expected: ExpectedRevision = 'none',
): ReadonlyArray<Append> =>
  [...Map.groupBy(events, ({ stream }) => stream)].map(([stream, own]) => ({
    stream: copy(stream) as StreamName,
    expected,
    events: own.map(({ id, type, content, metadata }) => {
      if (content._tag !== 'plain' && content._tag !== 'sealed') throw new Error(`${type} was read as ${content._tag}`);
      const copied = JSON.parse(copy(JSON.stringify({ id, content, metadata }))) as Omit<NewEvent, 'type'>;
      return { ...copied, type };
    }),
  }));

/** Fills a file with so many events: the sample day again and again, under new ids, and its articles revised. */
export const fillWithSampleDays = async (folder: string, file: string, count: number): Promise<void> => {
  const all = await sampleEvents(folder);
  const articles = all.filter(({ stream }) => categoryOf(stream) === 'faq');
  const own = new Set(articles.map(({ stream }) => stream.slice('faq-'.length, 'faq-'.length + 8)));
  // What has a name of its own, such as a department, is there once.
  const isOfDay = ({ stream }: RecordedEvent) => /-[0-9a-f]{8}-[0-9a-f-]{27}$/.test(stream);
  const day = all.filter((event) => isOfDay(event) && categoryOf(event.stream) !== 'faq');
  const store = SqliteEventStore.open({ file, clock: new SystemClock() });
  const append = async (appends: ReadonlyArray<Append>) => {
    await Promise.all(
      appends.map(async ({ stream, expected, events }) => {
        const appended = await store.append(stream, expected, events)();
        if (appended._tag === 'Left') throw new Error(`${stream}: ${appended.left._tag}`);
      }),
    );
  };
  const ofDay = (n: number) => (text: string) =>
    text
      .replace(uuid, (first) =>
        own.has(first) ? first : ((Number.parseInt(first, 16) ^ n) >>> 0).toString(16).padStart(8, '0'),
      )
      .replace(instants, (at) => new Date(Date.parse(at) + n * DAY_MS).toISOString());
  await append(
    appendsOf(
      all.filter((event) => !isOfDay(event)),
      (text) => text,
    ),
  );
  await append(appendsOf(articles, (text) => text));
  let waiting: Append[] = [];
  for (let n = 0, revision = 0, left = count - all.length; left > 0; n++) {
    left -= day.length + articles.length;
    waiting.push(...appendsOf(day, ofDay(n)));
    if (n > 0) {
      const revised = articles.filter(({ type }) => type === ArticlePublished.type);
      const again = revised.map((event) => ({
        ...event,
        type: ArticleRevised.type,
        id: ofDay(n)(event.id.replace(event.id.slice(0, 8), '00000000')) as EventId,
      }));
      waiting.push(...appendsOf(again, (text) => text, revision++));
    }
    if (waiting.length < TOGETHER) continue;
    await append(waiting);
    waiting = [];
  }
  await store.close();
};
