import type { estypes } from '@elastic/elasticsearch';
import {
  Analytics,
  type AnalyticsFilter,
  type AnalyticsRange,
  type ArticleUse,
  type Dimension,
  type FaqUseFigures,
  type FigureGroup,
  type Figures,
  type Searches,
  type SearchOutcome,
  type Summary,
  type TermCount,
} from '../../../application/ports/analytics.js';
import {
  analytics,
  momentOf,
  secondsOf,
  type AnalyticsDocument,
  type Conversation,
  type SettledSearch,
} from '../../../application/projections/analytics.js';
import { hourOf, hourOfDay, weekdayOf } from '../hours.js';
import type { ElasticView } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { term, whenGiven } from './keyset-page.js';

type Query = estypes.QueryDslQueryContainer;
type Aggregations = Record<string, estypes.AggregationsAggregationContainer>;

const contactProperties = ['category', 'department', 'handling', 'scope'] as const;
const keyword = { type: 'keyword' } as const;

/** What contacts, calls and searches add up to (S3, K5, K16): each document is looked at anew for every query. */
export const analyticsView: ElasticView<AnalyticsDocument> = {
  projection: analytics,
  schemaVersion: 1,
  properties: {
    /** `conversation` or `search`. */
    counts: keyword,
    /** Full hours since 1970; the hour of the day and the day of the week are Japan's. */
    hour: { type: 'integer' },
    hourOfDay: { type: 'byte' },
    weekday: { type: 'byte' },
    site: keyword,
    call: { type: 'boolean' },
    seconds: { type: 'integer' },
    contacts: {
      type: 'nested',
      properties: Object.fromEntries([...contactProperties, 'article'].map((property) => [property, keyword])),
    },
    terms: keyword,
    nothingFound: { type: 'boolean' },
    nothingChosen: { type: 'boolean' },
    otherWords: { type: 'integer' },
  },
  fields: (document) => (document.kind === 'search' ? fieldsOfSearch(document) : fieldsOfConversation(document)),
};

const fieldsOfSearch = ({ settledAt, terms, others, hits, chosen }: SettledSearch) => ({
  counts: 'search',
  hour: hourOf(settledAt),
  terms,
  nothingFound: hits === 0,
  nothingChosen: chosen === undefined,
  otherWords: others,
});

const fieldsOfConversation = (conversation: Conversation) => {
  const moment = momentOf(conversation);
  if (moment === undefined) return {};
  const hour = hourOf(moment);
  const { site, startedAt, contacts } = conversation;
  return {
    counts: 'conversation',
    hour,
    hourOfDay: hourOfDay(hour),
    weekday: weekdayOf(hour),
    site,
    call: startedAt !== undefined,
    seconds: secondsOf(conversation),
    contacts: contacts.map(({ category, department, handling, scope, faqArticle: article }) => ({
      category,
      department,
      handling,
      scope,
      article,
    })),
  };
};

/** More values than any property has; one shard counts them exactly. */
const ALL_VALUES = 10_000;
/** Comes after all other values, which are codes, and is none. */
const NO_VALUE = '~';

interface Counted {
  readonly doc_count: number;
}
interface CountedCalls extends Counted {
  readonly ended: { readonly value: number };
  readonly seconds: { readonly value: number };
}
interface CountedContacts extends Counted {
  readonly inScope: Counted & { readonly resolved: Counted };
}
interface CountedConversations extends Counted {
  readonly contacts: Counted & { readonly matching: CountedContacts };
  readonly calls: CountedCalls;
}
interface Bucketed<B> {
  readonly buckets: ReadonlyArray<B & { readonly key: string | number }>;
}

export class ElasticAnalytics extends Analytics {
  constructor(private readonly views: ElasticViews) {
    super();
  }

  async summary(by: Dimension, range: AnalyticsRange, filter: AnalyticsFilter): Promise<Summary> {
    const property = contactProperties.find((each) => each === by);
    const aggs = property === undefined ? byConversation(by, filter) : byContact(property, filter);
    const found = await this.#conversations(range, filter, { ...ofConversations(filter), ...aggs });
    return {
      total: figures(found as unknown as CountedConversations),
      groups: property === undefined ? groupsOfConversations(by, found) : groupsOfContacts(found),
    };
  }

  async total(range: AnalyticsRange, filter: AnalyticsFilter): Promise<Figures> {
    const found = await this.#conversations(range, filter, ofConversations(filter));
    return figures(found as unknown as CountedConversations);
  }

  async faqUse(range: AnalyticsRange, filter: AnalyticsFilter, limit: number): Promise<FaqUseFigures> {
    const used = {
      filter: { exists: { field: 'contacts.article' } },
      aggs: { articles: most('contacts.article', limit) },
    };
    const found = await this.#conversations(range, filter, { contacts: ofContacts(filter, { used }) });
    const { matching } = found['contacts'] as {
      matching: Counted & { used: Counted & { articles: Bucketed<Counted> } };
    };
    const articles = matching.used.articles.buckets.map(
      ({ key, doc_count: contacts }) => ({ article: key, contacts }) as ArticleUse,
    );
    return { contacts: matching.doc_count, withArticle: matching.used.doc_count, articles };
  }

  async searches(range: AnalyticsRange, outcome: SearchOutcome, limit: number): Promise<Searches> {
    const asked = { any: {}, 'nothing-found': { nothingFound: true }, 'nothing-chosen': { nothingChosen: true } }[
      outcome
    ];
    const of = allOf(Object.entries(asked).map(([field, value]) => ({ term: { [field]: value } })));
    const { aggregations } = await this.views.read('analytics').search({
      size: 0,
      query: allOf([{ term: { counts: 'search' } }, inHours(range)]),
      aggs: {
        all: { filter: { match_all: {} }, aggs: { otherWords: { sum: { field: 'otherWords' } } } },
        nothingFound: { filter: { term: { nothingFound: true } } },
        nothingChosen: { filter: { term: { nothingChosen: true } } },
        asked: { filter: of, aggs: { terms: most('terms', limit) } },
      },
    });
    const found = aggregations as unknown as {
      readonly all: Counted & { readonly otherWords: { readonly value: number } };
      readonly nothingFound: Counted;
      readonly nothingChosen: Counted;
      readonly asked: { readonly terms: Bucketed<Counted> };
    };
    return {
      searches: found.all.doc_count,
      nothingFound: found.nothingFound.doc_count,
      nothingChosen: found.nothingChosen.doc_count,
      otherWords: found.all.otherWords.value,
      terms: found.asked.terms.buckets.map(({ key, doc_count }) => ({ term: key, searches: doc_count }) as TermCount),
    };
  }

  async #conversations(
    range: AnalyticsRange,
    filter: AnalyticsFilter,
    aggs: Aggregations,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { site, hour, weekday } = filter;
    const contact = ofContact(filter);
    const query = allOf([
      { term: { counts: 'conversation' } },
      inHours(range),
      ...term('site', site),
      ...whenGiven(hour, (given) => ({ term: { hourOfDay: given } })),
      ...whenGiven(weekday, (given) => ({ term: { weekday: given } })),
      ...(contact.length === 0 ? [] : [{ nested: { path: 'contacts', query: allOf(contact) } }]),
    ]);
    const { aggregations } = await this.views.read('analytics').search({ size: 0, query, aggs });
    return aggregations!;
  }
}

const allOf = (filter: ReadonlyArray<Query>) => ({ bool: { filter: [...filter] } });

const inHours = ({ from, to }: AnalyticsRange): Query => ({ range: { hour: { gte: hourOf(from), lt: hourOf(to) } } });

const ofContact = (filter: AnalyticsFilter): ReadonlyArray<Query> =>
  contactProperties.flatMap((property) => term(`contacts.${property}`, filter[property]));

const most = (field: string, limit: number): estypes.AggregationsAggregationContainer => ({
  terms: { field, size: limit, order: [{ _count: 'desc' }, { _key: 'asc' }] },
});

const calls: estypes.AggregationsAggregationContainer = {
  filter: { term: { call: true } },
  aggs: { ended: { value_count: { field: 'seconds' } }, seconds: { sum: { field: 'seconds' } } },
};

const resolution: Aggregations = {
  inScope: {
    filter: { term: { 'contacts.scope': 'in-scope' } },
    aggs: { resolved: { filter: { term: { 'contacts.handling': 'answered' } } } },
  },
};

/** Those contacts of the conversations for which the filter holds. */
const ofContacts = (filter: AnalyticsFilter, aggs: Aggregations): estypes.AggregationsAggregationContainer => ({
  nested: { path: 'contacts' },
  aggs: { matching: { filter: allOf(ofContact(filter)), aggs } },
});

const ofConversations = (filter: AnalyticsFilter): Aggregations => ({
  contacts: ofContacts(filter, resolution),
  calls,
});

const fieldOf = { site: 'site', hour: 'hourOfDay', weekday: 'weekday' } as const;
type OfConversation = keyof typeof fieldOf;

const byConversation = (by: Dimension, filter: AnalyticsFilter): Aggregations => ({
  groups: {
    terms: { field: fieldOf[by as OfConversation], size: ALL_VALUES, ...(by === 'site' && { missing: NO_VALUE }) },
    aggs: ofConversations(filter),
  },
});

/** From each contact back to its call, so that a call counts once with each value; and those without contacts. */
const byContact = (property: string, filter: AnalyticsFilter): Aggregations => ({
  byContact: ofContacts(filter, {
    groups: {
      terms: { field: `contacts.${property}`, size: ALL_VALUES },
      aggs: { ...resolution, of: { reverse_nested: {}, aggs: { calls } } },
    },
  }),
  withoutContacts: {
    filter: { bool: { must_not: { nested: { path: 'contacts', query: { match_all: {} } } } } },
    aggs: { calls },
  },
});

const groupsOfConversations = (by: Dimension, found: Readonly<Record<string, unknown>>): ReadonlyArray<FigureGroup> =>
  (found['groups'] as Bucketed<CountedConversations>).buckets
    .map(({ key, ...counted }) => ({ value: String(key).padStart(by === 'hour' ? 2 : 0, '0'), counted }))
    .toSorted((a, b) => (a.value < b.value ? -1 : 1))
    .map(({ value, counted }) => ({ ...figures(counted), ...(value !== NO_VALUE && { value }) }));

const groupsOfContacts = (found: Readonly<Record<string, unknown>>): ReadonlyArray<FigureGroup> => {
  const { matching } = found['byContact'] as {
    matching: { groups: Bucketed<CountedContacts & { of: { calls: CountedCalls } }> };
  };
  const without = found['withoutContacts'] as Counted & { calls: CountedCalls };
  return [
    ...matching.groups.buckets
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map((bucket) => ({ ...figuresOf(bucket, bucket.of.calls), value: String(bucket.key) })),
    ...(without.doc_count === 0 ? [] : [figuresOf(noContacts, without.calls)]),
  ];
};

const noContacts: CountedContacts = { doc_count: 0, inScope: { doc_count: 0, resolved: { doc_count: 0 } } };

const figures = ({ contacts, calls: counted }: CountedConversations): Figures => figuresOf(contacts.matching, counted);

const figuresOf = ({ doc_count, inScope }: CountedContacts, counted: CountedCalls): Figures => ({
  contacts: doc_count,
  inScope: inScope.doc_count,
  resolved: inScope.resolved.doc_count,
  calls: counted.doc_count,
  endedCalls: counted.ended.value,
  seconds: counted.seconds.value,
});
