import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { streamName, type EventId, type NewEvent } from '../src/application/ports/event-store.js';
import { ArticlePublished } from '../src/domain/faq/events.js';
import { InquiryRecorded } from '../src/domain/inquiry/events.js';
import type { Actor } from '../src/domain/kernel/actor.js';
import type { DomainEvent } from '../src/domain/kernel/event.js';
import type { StaffId } from '../src/domain/kernel/ids.js';
import { instant } from '../src/domain/kernel/time.js';
import { SqliteEventStore } from '../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { build, type BuildView } from '../src/infrastructure/views/build/build.js';
import { allViews } from '../src/infrastructure/views/sqlite/all-views.js';
import { SqliteFaqSearch } from '../src/infrastructure/views/sqlite/faq-search.js';
import { Generation } from '../src/infrastructure/views/sqlite/generation.js';
import { SqliteViews } from '../src/infrastructure/views/sqlite/sqlite-views.js';
import { random } from '../test/support/random.js';
import { ToldDictionary } from '../test/views/told-dictionary.js';
import type { BenchRow } from './row.js';

const ARTICLES = 10_000;
const QUERIES = 1_000;
const GOAL_MS = 20;

type Content = Parameters<typeof ArticlePublished>[0];

const sample = JSON.parse(
  readFileSync(new URL('../sample/faq.json', import.meta.url), 'utf8'),
) as ReadonlyArray<Content>;

const now = instant(Date.UTC(2026, 3, 1));
const next = random(20_260_401);
const below = (n: number) => Math.floor(next() * n);
const one = <A>(list: ReadonlyArray<A>): A => list[below(list.length)]!;
const sentences = (text: string) => text.split(/(?<=。)/u);

/** An article of the sample with some of its sentences exchanged for those of others of its category. */
const varied = (article: Content, ward: number): Content => {
  const others = sample.filter(({ category }) => category === article.category);
  const answer = sentences(article.answer).map((sentence) =>
    below(3) === 0 ? one(sentences(one(others).answer)) : sentence,
  );
  const { category, department } = article;
  return { question: `第${ward}区で、${article.question}`, answer: answer.join(''), category, department };
};

/** Words out of the articles: stretches of a question, or of a question and its answer. */
const queries = (): ReadonlyArray<string> => {
  const found = new Set<string>();
  while (found.size < QUERIES) {
    const { question, answer } = one(sample);
    const cut = (text: string) => {
      const from = below(text.length - 4);
      return text.slice(from, from + 4 + below(12));
    };
    found.add(below(2) === 0 ? cut(question) : `${cut(question)} ${cut(answer).slice(0, 6)}`);
  }
  return [...found];
};

const contact = () => {
  const { question: summary, category, department } = one(sample);
  const shared = { summary, answer: '案内した。', category, department, relatedDepartments: [] };
  const operator = `op-${1 + below(50)}` as StaffId;
  return InquiryRecorded({ ...shared, handling: 'answered', scope: 'in-scope', receivedAt: now, operator });
};

let eventsMade = 0;
const event = ({ type, data }: DomainEvent): NewEvent => {
  const id = `00000000-0000-7000-8000-${String(++eventsMade).padStart(12, '0')}`;
  const actor = { subject: 'sv-0001', role: 'supervisor' } as Actor;
  const command = { commandId: id, commandDigest: '', causation: id, correlation: id };
  return {
    id: id as EventId,
    type,
    content: { _tag: 'plain', data: data as never },
    metadata: { actor, ...command, occurredAt: now, schemaVersion: 1 },
  };
};

const percentile = (sorted: ReadonlyArray<number>, p: number) => sorted[Math.floor(sorted.length * p)]!;

/** FAQ search with 10,000 articles while a writer appends: what an operator waits for, the event loop included. */
export const viewsBench = async (): Promise<ReadonlyArray<BenchRow>> => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'));
  const store = SqliteEventStore.open({ file: join(folder, 'events.sqlite'), clock: { now: () => now } });
  const publish = (content: Content) =>
    store.append(streamName('faq', `a${eventsMade}`), 'none', [event(ArticlePublished(content))])();
  const recordContact = () => store.append(streamName('inquiry', `i${eventsMade}`), 'none', [event(contact())])();
  await Promise.all(Array.from({ length: ARTICLES }, (_, n) => publish(varied(sample[n % sample.length]!, n % 97))));

  const buildHere: BuildView = async (name, file, onProgress) => {
    const generation = Generation.open(
      allViews.find(({ projection }) => projection.name === name)!,
      file,
    );
    const poisonedBy = await build(generation, store, onProgress);
    generation.close();
    return poisonedBy;
  };
  const views = new SqliteViews(join(folder, 'views'), store, allViews, buildHere);
  const began = performance.now();
  await views.start();
  await views.waitFor('faq-articles', await store.head(), AbortSignal.timeout(600_000));
  const buildRate = ARTICLES / ((performance.now() - began) / 1_000);

  // More than a city's operators write: 100 contacts and one article a second.
  const stop = new AbortController();
  let written = 0;
  const writer = (async () => {
    for (; !stop.signal.aborted; written++) {
      await (written % 100 === 0 ? publish(varied(one(sample), 98)) : recordContact());
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();

  const search = new SqliteFaqSearch(views, new ToldDictionary());
  const timed = async (text: string, unfinished: boolean) => {
    const asked = performance.now();
    await setImmediate();
    await search.search({ text, unfinished, limit: 10 });
    return performance.now() - asked;
  };
  const whole: number[] = [];
  const typed: number[] = [];
  for (const query of queries()) {
    for (let length = 1; length < query.length; length++) typed.push(await timed(query.slice(0, length), true));
    whole.push(await timed(query, false));
  }
  stop.abort();
  await writer;
  await views.close();
  await store.close();
  rmSync(folder, { recursive: true });

  const figures = (name: string, times: number[]): ReadonlyArray<BenchRow> => {
    times.sort((a, b) => a - b);
    return [
      { name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms' },
      { name: `${name}, p99`, value: percentile(times, 0.99), unit: 'ms', goal: `<= ${GOAL_MS}` },
    ];
  };
  return [
    ...figures(`FAQ search, ${ARTICLES} articles, ${QUERIES} queries, ${written} events written meanwhile`, whole),
    ...figures(`the same as typed, ${typed.length} prefixes`, typed),
    { name: 'FAQ articles analysed and indexed in a build', value: buildRate, unit: 'articles/s' },
  ];
};
