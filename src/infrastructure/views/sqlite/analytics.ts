import {
  Analytics,
  type AnalyticsFilter,
  type AnalyticsRange,
  type ArticleUse,
  type Dimension,
  type FaqUseFigures,
  type Figures,
  type Searches,
  type SearchOutcome,
  type Summary,
  type TermCount,
} from '../../../application/ports/analytics.js';
import { analytics, type AnalyticsDocument } from '../../../application/projections/analytics.js';
import { all, groupsOf, inHours, ofContact, ofHour, totalOf } from './analytics-figures.js';
import { analyticsIndex, contactProperties } from './analytics-index.js';
import { prepared } from './prepared.js';
import type { SqliteView } from './sqlite-view.js';
import type { SqliteViews } from './sqlite-views.js';

const columns = contactProperties.map((property) => `${property} TEXT NOT NULL`).join(', ');
const counts = ['contacts', 'in_scope', 'resolved', 'calls', 'ended', 'seconds']
  .map((count) => `${count} INTEGER NOT NULL`)
  .join(', ');

/**
 * What contacts, calls and searches add up to, counted hour by hour as they come (S3, K5, K16): a query adds up hours and
 * reads no call. Most ask for one property of contacts, or none; for the others, calls that are alike in their contacts
 * share a profile, so that a call with several contacts counts once however its contacts are told apart.
 */
export const analyticsView: SqliteView<AnalyticsDocument> = {
  projection: analytics,
  schemaVersion: 1,
  columns: [],
  schema: [
    // Hours since 1970; the site is empty where there is no call.
    `CREATE TABLE hourly (
      hour INTEGER NOT NULL, site TEXT NOT NULL, ${counts}, PRIMARY KEY (hour, site)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE hourly_properties (
      property TEXT NOT NULL, value TEXT NOT NULL, hour INTEGER NOT NULL, ${counts},
      PRIMARY KEY (property, value, hour)
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
    'CREATE TABLE articles (article TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
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
    // What was counted of each document, so that it can be taken away when the document changes.
    'CREATE TABLE counted (id INTEGER PRIMARY KEY, known TEXT NOT NULL) STRICT',
  ],
  index: analyticsIndex,
};

export class SqliteAnalytics extends Analytics {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async summary(by: Dimension, range: AnalyticsRange, filter: AnalyticsFilter): Promise<Summary> {
    const db = this.views.read('analytics');
    return { total: totalOf(db, range, filter), groups: groupsOf(db, by, range, filter) };
  }

  async total(range: AnalyticsRange, filter: AnalyticsFilter): Promise<Figures> {
    return totalOf(this.views.read('analytics'), range, filter);
  }

  async faqUse(range: AnalyticsRange, filter: AnalyticsFilter, limit: number): Promise<FaqUseFigures> {
    const db = this.views.read('analytics');
    const { contacts } = totalOf(db, range, filter);
    const { sql, values } = all([...inHours(range), ...ofHour(filter), ...ofContact(filter)]);
    const rows = prepared(
      db,
      `SELECT article, sum(contacts) AS contacts, sum(sum(contacts)) OVER () AS withArticle
        FROM articles CROSS JOIN hourly_articles USING (article) WHERE contacts > 0 AND ${sql}
        GROUP BY article ORDER BY 2 DESC, 1 LIMIT ?`,
    ).all(...values, limit) as unknown as ReadonlyArray<ArticleUse & { readonly withArticle: number }>;
    const articles = rows.map(({ article, contacts: used }) => ({ article, contacts: used }));
    return { contacts, withArticle: rows[0]?.withArticle ?? 0, articles };
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
