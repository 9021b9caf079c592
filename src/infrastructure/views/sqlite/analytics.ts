import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  Analytics,
  type AnalyticsFilter,
  type AnalyticsRange,
  type ArticleUse,
  type Dimension,
  type FaqUse,
  type FigureGroup,
  type Figures,
  type Searches,
  type SearchOutcome,
  type Summary,
  type TermCount,
} from '../../../application/ports/analytics.js';
import { analytics, type AnalyticsDocument } from '../../../application/projections/analytics.js';
import { hourOf, JAPAN_OFFSET_HOURS } from '../hours.js';
import { analyticsIndex } from './analytics-index.js';
import { condition, whenGiven, type Condition } from './keyset-page.js';
import { prepared } from './prepared.js';
import type { SqliteView } from './sqlite-view.js';
import type { SqliteViews } from './sqlite-views.js';

const contactProperties = ['category', 'department', 'handling', 'scope'] as const;
const columns = contactProperties.map((property) => `${property} TEXT NOT NULL`).join(', ');

/**
 * What contacts, calls and searches add up to, counted hour by hour as they come (S3, K5, K16): a query adds up hours and
 * reads no call. Calls that are alike in their contacts share a profile, so that a call with several contacts is counted
 * once however its contacts are told apart.
 */
export const analyticsView: SqliteView<AnalyticsDocument> = {
  projection: analytics,
  schemaVersion: 1,
  columns: [],
  schema: [
    // Hours since 1970; the site is empty where there is no call.
    `CREATE TABLE hourly (
      hour INTEGER NOT NULL, site TEXT NOT NULL, contacts INTEGER NOT NULL, in_scope INTEGER NOT NULL,
      resolved INTEGER NOT NULL, calls INTEGER NOT NULL, ended INTEGER NOT NULL, seconds INTEGER NOT NULL,
      PRIMARY KEY (hour, site)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE profiles (id INTEGER PRIMARY KEY, contacts TEXT NOT NULL UNIQUE) STRICT`,
    `CREATE TABLE profile_contacts (
      profile INTEGER NOT NULL, ${columns}, contacts INTEGER NOT NULL,
      PRIMARY KEY (profile, ${contactProperties.join(', ')})
    ) STRICT, WITHOUT ROWID`,
    // In the order in which they are added up: what is alike stands together.
    `CREATE TABLE hourly_profiles (
      profile INTEGER NOT NULL, hour INTEGER NOT NULL, site TEXT NOT NULL, conversations INTEGER NOT NULL,
      calls INTEGER NOT NULL, ended INTEGER NOT NULL, seconds INTEGER NOT NULL,
      PRIMARY KEY (profile, hour, site)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE hourly_articles (
      article TEXT NOT NULL, hour INTEGER NOT NULL, site TEXT NOT NULL, ${columns}, contacts INTEGER NOT NULL,
      PRIMARY KEY (article, hour, site, ${contactProperties.join(', ')})
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE hourly_searches (
      hour INTEGER PRIMARY KEY, searches INTEGER NOT NULL, nothing_found INTEGER NOT NULL,
      nothing_chosen INTEGER NOT NULL, other_words INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE hourly_terms (
      hour INTEGER NOT NULL, term TEXT NOT NULL, searches INTEGER NOT NULL, nothing_found INTEGER NOT NULL,
      nothing_chosen INTEGER NOT NULL, PRIMARY KEY (hour, term)
    ) STRICT, WITHOUT ROWID`,
    // What each document adds to these, so that it can be taken away when the document changes.
    'CREATE TABLE counted (id INTEGER PRIMARY KEY, counts TEXT NOT NULL) STRICT',
  ],
  index: analyticsIndex,
};

const JAPAN_HOUR = `(hour + ${JAPAN_OFFSET_HOURS}) % 24`;
// 1970 began on a Thursday.
const JAPAN_WEEKDAY = `((hour + ${JAPAN_OFFSET_HOURS}) / 24 + 3) % 7 + 1`;

/** The value of a dimension as text, of a row of counts or of a profile's contacts. */
const valueOf: Readonly<Record<Dimension, string>> = {
  category: 'category',
  department: 'department',
  handling: 'handling',
  scope: 'scope',
  site: "nullif(site, '')",
  hour: `format('%02d', ${JAPAN_HOUR})`,
  weekday: `CAST(${JAPAN_WEEKDAY} AS TEXT)`,
};

const isOfContact = (by: Dimension | undefined): boolean => contactProperties.some((property) => property === by);

export class SqliteAnalytics extends Analytics {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async summary(by: Dimension, range: AnalyticsRange, filter: AnalyticsFilter): Promise<Summary> {
    const db = this.views.read('analytics');
    return { total: totalOf(db, range, filter), groups: figures(db, range, filter, by).map(groupOf) };
  }

  async total(range: AnalyticsRange, filter: AnalyticsFilter): Promise<Figures> {
    return totalOf(this.views.read('analytics'), range, filter);
  }

  async faqUse(range: AnalyticsRange, filter: AnalyticsFilter, limit: number): Promise<FaqUse> {
    const db = this.views.read('analytics');
    const { contacts } = totalOf(db, range, filter);
    const { sql, values } = all([...inHours(range), ...ofHour(filter), ...ofContact(filter)]);
    const { withArticle } = prepared(
      db,
      `SELECT coalesce(sum(contacts), 0) AS withArticle FROM hourly_articles WHERE ${sql}`,
    ).get(...values) as unknown as Pick<FaqUse, 'withArticle'>;
    const articles = prepared(
      db,
      `SELECT article, sum(contacts) AS contacts FROM hourly_articles WHERE contacts > 0 AND ${sql}
        GROUP BY article ORDER BY 2 DESC, 1 LIMIT ?`,
    ).all(...values, limit) as unknown as ReadonlyArray<ArticleUse>;
    return { contacts, withArticle, articles: articles.map((use) => ({ ...use })) };
  }

  async searches(range: AnalyticsRange, outcome: SearchOutcome, limit: number): Promise<Searches> {
    const db = this.views.read('analytics');
    const { sql, values } = all(inHours(range));
    const counts = prepared(
      db,
      `SELECT coalesce(sum(searches), 0) AS searches, coalesce(sum(nothing_found), 0) AS nothingFound,
        coalesce(sum(nothing_chosen), 0) AS nothingChosen, coalesce(sum(other_words), 0) AS otherWords
        FROM hourly_searches WHERE ${sql}`,
    ).get(...values) as unknown as Omit<Searches, 'terms'>;
    const column = { any: 'searches', 'nothing-found': 'nothing_found', 'nothing-chosen': 'nothing_chosen' }[outcome];
    const terms = prepared(
      db,
      `SELECT term, sum(${column}) AS searches FROM hourly_terms WHERE ${sql} AND ${column} > 0
        GROUP BY term ORDER BY 2 DESC, 1 LIMIT ?`,
    ).all(...values, limit) as unknown as ReadonlyArray<TermCount>;
    return { ...counts, terms: terms.map((term) => ({ ...term })) };
  }
}

type FigureRow = Figures & { readonly value: string | null };

const groupOf = ({ value, ...counts }: FigureRow): FigureGroup => (value === null ? counts : { ...counts, value });

const totalOf = (db: DatabaseSync, range: AnalyticsRange, filter: AnalyticsFilter): Figures => {
  const { value: _, ...counts } = figures(db, range, filter)[0]!;
  return counts;
};

/** One row for each value of a dimension, in their order; without one, the total. */
const figures = (
  db: DatabaseSync,
  range: AnalyticsRange,
  filter: AnalyticsFilter,
  by?: Dimension,
): ReadonlyArray<FigureRow> => {
  const contact = all(ofContact(filter));
  const hour = all([...inHours(range), ...ofHour(filter)]);
  if (contact.values.length === 0 && !isOfContact(by))
    return prepared(
      db,
      `SELECT ${by === undefined ? 'NULL' : valueOf[by]} AS value, ${sums('contacts', 'in_scope', 'resolved')}
        FROM hourly WHERE contacts + calls > 0 AND ${hour.sql} ${inOrder(by)}`,
    ).all(...hour.values) as unknown as ReadonlyArray<FigureRow>;
  // Calls without contacts count only where nothing was asked of contacts.
  const withoutContacts =
    contact.values.length > 0 ? '' : "UNION ALL SELECT id, NULL, 0, 0, 0 FROM profiles WHERE contacts = '[]'";
  const [property, value] = isOfContact(by) ? [valueOf[by!], 'property'] : ['NULL', 'value'];
  const sql = `WITH matching (profile, property, contacts, in_scope, resolved) AS MATERIALIZED (
      SELECT profile, ${property}, sum(contacts), sum(iif(scope = 'in-scope', contacts, 0)),
        sum(iif(scope = 'in-scope' AND handling = 'answered', contacts, 0))
      FROM profile_contacts WHERE ${contact.sql} GROUP BY 1, 2 ${withoutContacts}
    ), counted AS MATERIALIZED (
      SELECT profile, ${by === undefined || isOfContact(by) ? 'NULL' : valueOf[by]} AS value,
        sum(conversations) AS conversations, sum(calls) AS calls, sum(ended) AS ended, sum(seconds) AS seconds
      FROM hourly_profiles WHERE profile IN (SELECT profile FROM matching) AND conversations > 0 AND ${hour.sql}
      GROUP BY 1, 2
    )
    SELECT ${value} AS value, ${sums('conversations * contacts', 'conversations * in_scope', 'conversations * resolved')}
    FROM matching JOIN counted USING (profile) ${inOrder(by)}`;
  return prepared(db, sql).all(...contact.values, ...hour.values) as unknown as ReadonlyArray<FigureRow>;
};

const sums = (contacts: string, inScope: string, resolved: string): string =>
  Object.entries({ contacts, inScope, resolved, calls: 'calls', endedCalls: 'ended', seconds: 'seconds' })
    .map(([name, each]) => `coalesce(sum(${each}), 0) AS ${name}`)
    .join(', ');

const inOrder = (by: Dimension | undefined): string => (by === undefined ? '' : 'GROUP BY 1 ORDER BY 1 NULLS LAST');

const inHours = ({ from, to }: AnalyticsRange) => [
  condition('hour >= ?', hourOf(from)),
  condition('hour < ?', hourOf(to)),
];

const ofHour = ({ site, hour, weekday }: AnalyticsFilter) => [
  ...whenGiven('site = ?', site),
  ...whenGiven(`${JAPAN_HOUR} = ?`, hour),
  ...whenGiven(`${JAPAN_WEEKDAY} = ?`, weekday),
];

const ofContact = (filter: AnalyticsFilter) =>
  contactProperties.flatMap((property) => whenGiven(`${property} = ?`, filter[property]));

const all = (conditions: ReadonlyArray<Condition>): { readonly sql: string; readonly values: SQLInputValue[] } => ({
  sql: ['TRUE', ...conditions.map(({ sql }) => sql)].join(' AND '),
  values: conditions.flatMap(({ values }) => values),
});
