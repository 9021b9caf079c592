import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Client, estypes } from '@elastic/elasticsearch';
import { streamName, type EventId, type NewEvent } from '../src/application/ports/event-store.js';
import { SearchDictionary } from '../src/application/ports/search-dictionary.js';
import type { Views } from '../src/application/ports/views.js';
import { ArticlePublished } from '../src/domain/faq/events.js';
import { InquiryRecorded } from '../src/domain/inquiry/events.js';
import type { Actor } from '../src/domain/kernel/actor.js';
import type { DomainEvent } from '../src/domain/kernel/event.js';
import type { StaffId } from '../src/domain/kernel/ids.js';
import { instant } from '../src/domain/kernel/time.js';
import { SqliteEventStore } from '../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { SoleOwner } from '../src/infrastructure/leases/sole-owner.js';
import { build, type BuildView } from '../src/infrastructure/views/build/build.js';
import { elasticClient } from '../src/infrastructure/views/elasticsearch/client.js';
import { ElasticViews } from '../src/infrastructure/views/elasticsearch/elastic-views.js';
import { faqArticlesView as elasticFaqArticlesView } from '../src/infrastructure/views/elasticsearch/faq-articles.js';
import { ElasticFaqSearch } from '../src/infrastructure/views/elasticsearch/faq-search.js';
import { ViewIndex } from '../src/infrastructure/views/elasticsearch/view-index.js';
import { analyse } from '../src/infrastructure/views/japanese/analysis.js';
import { faqArticlesView } from '../src/infrastructure/views/sqlite/faq-articles.js';
import { SqliteFaqSearch } from '../src/infrastructure/views/sqlite/faq-search.js';
import { Generation } from '../src/infrastructure/views/sqlite/generation.js';
import { SqliteViews } from '../src/infrastructure/views/sqlite/sqlite-views.js';
import { random } from '../test/support/random.js';
import type { BenchRow } from './row.js';

const ARTICLES = 10_000;
const QUERIES = 1_000;
const GOAL_MS = 20;
/** A cluster is asked for every so many characters typed: it takes its time, and they are thousands. */
const ELASTIC_CHARACTERS = 4;

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

interface Times {
  readonly whole: number[];
  readonly typed: number[];
}

/** Milliseconds of every query, and of its beginnings as they are typed: the event loop's share included. */
const timesOf = async (
  search: (text: string, unfinished: boolean) => unknown,
  asked: ReadonlyArray<string>,
  characters = 1,
) => {
  const timed = async (text: string, unfinished: boolean) => {
    const began = performance.now();
    await setImmediate();
    await search(text, unfinished);
    return performance.now() - began;
  };
  const times: Times = { whole: [], typed: [] };
  for (const query of asked) {
    for (let length = 1; length < query.length; length += characters)
      times.typed.push(await timed(query.slice(0, length), true));
    times.whole.push(await timed(query, false));
  }
  return times;
};

const figures = (name: string, times: number[], bare: number[]): ReadonlyArray<BenchRow> => {
  for (const list of [times, bare]) list.sort((a, b) => a - b);
  const row = (p: number): BenchRow => {
    const [value, baseline] = [percentile(times, p), percentile(bare, p)];
    return { name: `${name}, p${p * 100}`, value, unit: 'ms', baseline, ratio: value / baseline };
  };
  const { ratio: _, ...p99 } = row(0.99);
  return [row(0.5), { ...p99, goal: `<= ${GOAL_MS}` }];
};

const dictionary = new (class extends SearchDictionary {
  override current() {
    return { synonyms: [], stopWords: [] };
  }
})();

/** The search as FTS5 has it: any of the words, ranked by its own bm25. */
const bareFts = (db: DatabaseSync) => {
  const statement = db.prepare('SELECT rowid FROM answer WHERE answer MATCH ? ORDER BY rank LIMIT 10');
  return (text: string) => {
    const terms = analyse(text).flatMap(({ term }) => (term === undefined ? [] : [`"${term}"`]));
    return terms.length === 0 ? [] : statement.all(terms.join(' OR '));
  };
};

/** Searches of a cluster as they were sent, to be sent again by the bare client. */
const recordSearches = (client: Client) => {
  const sent = new Map<string, object>();
  const search = client.search.bind(client);
  let current = '';
  client.search = ((request: estypes.SearchRequest) => {
    // The last of a query is the one that finds; what asks for known terms comes before it.
    if (request.aggs === undefined) sent.set(current, request);
    return search(request);
  }) as never;
  const key = (text: string, unfinished: boolean) => JSON.stringify([text, unfinished]);
  return {
    asking: (text: string, unfinished: boolean) => {
      current = key(text, unfinished);
    },
    again: (text: string, unfinished: boolean) => {
      const request = sent.get(key(text, unfinished));
      return request === undefined ? undefined : search(request);
    },
  };
};

/** FAQ search with 10,000 articles while a writer appends: what an operator waits for. */
export const faqSearchBench = async (): Promise<ReadonlyArray<BenchRow>> => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rmSync(folder, { recursive: true }));
  const store = SqliteEventStore.open({ file: join(folder, 'events.sqlite'), clock: { now: () => now } });
  opened.defer(() => store.close());
  const publish = (content: Content) =>
    store.append(streamName('faq', `a${eventsMade}`), 'none', [event(ArticlePublished(content))])();
  const recordContact = () => store.append(streamName('inquiry', `i${eventsMade}`), 'none', [event(contact())])();
  await Promise.all(Array.from({ length: ARTICLES }, (_, n) => publish(varied(sample[n % sample.length]!, n % 97))));
  const asked = queries();

  /** More than a city's operators write, meanwhile: 100 contacts and one article a second. */
  const underWrites = async <A>(work: () => Promise<A>): Promise<A> => {
    const stop = new AbortController();
    let written = 0;
    const writer = (async () => {
      for (; !stop.signal.aborted; written++) {
        await (written % 100 === 0 ? publish(varied(one(sample), 98)) : recordContact());
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    try {
      return await work();
    } finally {
      stop.abort();
      await writer;
    }
  };
  const caughtUp = async (views: Views) => {
    if (!(await views.waitFor('faq-articles', await store.head(), AbortSignal.timeout(600_000))))
      throw new Error('the view did not come so far');
  };

  const buildFile: BuildView = async (_, file, onProgress) => {
    const generation = Generation.open(faqArticlesView, file);
    const poisonedBy = await build(generation, store, onProgress);
    generation.close();
    return poisonedBy;
  };
  const views = new SqliteViews(join(folder, 'views'), store, [faqArticlesView], buildFile);
  opened.defer(() => views.close());
  const began = performance.now();
  await views.start();
  await caughtUp(views);
  const buildRate = ARTICLES / ((performance.now() - began) / 1_000);
  const embedded = new SqliteFaqSearch(views, dictionary);
  const times = await underWrites(() =>
    timesOf((text, unfinished) => embedded.search({ text, unfinished, limit: 10 }), asked),
  );
  const bare = await underWrites(() => timesOf(bareFts(views.read('faq-articles')), asked));
  const what = `FAQ search, ${ARTICLES} articles, ${QUERIES} queries`;
  const rows = [
    ...figures(`${what}, SQLite, against FTS5's own ranking of answers`, times.whole, bare.whole),
    ...figures(`the same as typed, ${times.typed.length} beginnings, SQLite`, times.typed, bare.typed),
    { name: 'FAQ articles analysed and indexed in a build, SQLite', value: buildRate, unit: 'articles/s' },
  ];

  const url = process.env['ELASTICSEARCH_URL'] ?? '';
  if (url === '') {
    console.log('ELASTICSEARCH_URL is not set: Elasticsearch is not measured');
    return rows;
  }
  const prefix = `bench-${process.pid}`;
  const client = elasticClient({ nodes: [url], prefix });
  opened.defer(async () => {
    const indices = Object.keys(await client.indices.get({ index: `${prefix}-*` }));
    if (indices.length > 0) await client.indices.delete({ index: indices });
    await client.indices.deleteIndexTemplate({ name: `${prefix}-*` }, { ignore: [404] });
    await client.close();
  });
  const buildIndex: BuildView = async (_, index, onProgress) =>
    build(await ViewIndex.open(client, elasticFaqArticlesView, index), store, onProgress);
  const shared = new ElasticViews({ client, prefix }, store, [elasticFaqArticlesView], buildIndex, new SoleOwner());
  opened.defer(() => shared.close());
  shared.start();
  await caughtUp(shared);
  const searches = recordSearches(client);
  const elastic = new ElasticFaqSearch(shared, dictionary);
  const elasticTimes = await underWrites(() =>
    timesOf(
      (text, unfinished) => {
        searches.asking(text, unfinished);
        return elastic.search({ text, unfinished, limit: 10 });
      },
      asked,
      ELASTIC_CHARACTERS,
    ),
  );
  const bareClient = await underWrites(() => timesOf(searches.again, asked, ELASTIC_CHARACTERS));
  return [
    ...rows,
    ...figures(
      `${what}, Elasticsearch, against the same searches by the bare client`,
      elasticTimes.whole,
      bareClient.whole,
    ),
    ...figures(
      `the same as typed, ${elasticTimes.typed.length} beginnings, Elasticsearch`,
      elasticTimes.typed,
      bareClient.typed,
    ),
  ];
};
