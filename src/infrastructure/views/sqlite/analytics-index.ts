import type { DatabaseSync } from 'node:sqlite';
import {
  momentOf,
  secondsOf,
  type AnalyticsDocument,
  type Conversation,
  type SettledSearch,
} from '../../../application/projections/analytics.js';
import { hourOf } from '../hours.js';
import { prepared } from './prepared.js';
import type { DocumentIndex } from './sqlite-view.js';

export const contactProperties = ['category', 'department', 'handling', 'scope'] as const;
/** Stands for a property of a call without contacts, which has none. */
export const NO_CONTACT = 'none';

/** By what a row of each table is found, and what it counts. */
const tables = {
  hourly: {
    keys: ['hour', 'site'],
    counts: ['contacts', 'in_scope', 'resolved', 'calls', 'ended', 'seconds'],
  },
  hourly_properties: {
    keys: ['property', 'value', 'hour'],
    counts: ['contacts', 'in_scope', 'resolved', 'calls', 'ended', 'seconds'],
  },
  hourly_profiles: { keys: ['profile', 'hour', 'site'], counts: ['conversations', 'calls', 'ended', 'seconds'] },
  hourly_articles: {
    keys: ['article', 'hour', 'site', 'category', 'department', 'handling', 'scope'],
    counts: ['contacts'],
  },
  hourly_searches: { keys: ['hour'], counts: ['searches', 'nothing_found', 'nothing_chosen', 'other_words'] },
  hourly_terms: { keys: ['hour', 'term'], counts: ['searches', 'nothing_found', 'nothing_chosen'] },
} as const;

/** What is added to one row. */
type Count = readonly [table: keyof typeof tables, keys: ReadonlyArray<string | number>, counts: ReadonlyArray<number>];

/** A contact's properties, in the order of `contactProperties`. */
type Kind = ReadonlyArray<string>;

/** What was counted of a document: a list, and not an object, because one is kept for each call. */
type Known =
  | SettledSearch
  | readonly [
      hour: number,
      site: string,
      profile: number,
      started: 0 | 1,
      seconds: number | null,
      /** Of each contact of the profile, in its order. */
      articles: ReadonlyArray<string | null>,
    ];

/** Keeps the counts by the hour: what a document added before is taken away, what it adds now is added. */
export const analyticsIndex = (db: DatabaseSync): DocumentIndex<AnalyticsDocument> => {
  const remove = (id: number) => {
    const row = prepared(db, 'DELETE FROM counted WHERE id = ? RETURNING known').get(id);
    if (row === undefined) return;
    for (const count of countsOf(db, JSON.parse(row['known'] as string) as Known)) add(db, count, -1);
  };
  return {
    remove,
    put: (id, _key, document) => {
      remove(id);
      const known = document.kind === 'search' ? document : knownOf(db, document);
      if (known === undefined) return;
      for (const count of countsOf(db, known)) add(db, count, 1);
      prepared(db, 'INSERT INTO counted VALUES (?, ?)').run(id, JSON.stringify(known));
    },
  };
};

const add = (db: DatabaseSync, [table, keys, counts]: Count, sign: 1 | -1): void => {
  const { keys: found, counts: counted } = tables[table];
  const columns = [...found, ...counted];
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT DO UPDATE SET ${counted.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;
  prepared(db, sql).run(...keys, ...counts.map((n) => sign * n));
};

const knownOf = (db: DatabaseSync, conversation: Conversation): Known | undefined => {
  const moment = momentOf(conversation);
  if (moment === undefined) return undefined;
  const { site = '', startedAt, contacts } = conversation;
  // In whatever order they came, the same contacts make the same profile.
  const sorted = contacts
    .map((contact) => ({ kind: contactProperties.map((property) => contact[property]), article: contact.faqArticle }))
    .toSorted((a, b) => (String(a.kind) < String(b.kind) ? -1 : 1));
  const profile = profileOf(db, JSON.stringify(sorted.map(({ kind }) => kind)));
  const articles = sorted.map(({ article }) => article ?? null);
  for (const article of articles) if (article !== null) noteArticle(db, article);
  return [hourOf(moment), site, profile, startedAt === undefined ? 0 : 1, secondsOf(conversation) ?? null, articles];
};

const countsOf = (db: DatabaseSync, known: Known): ReadonlyArray<Count> => {
  if ('kind' in known) return countsOfSearch(known);
  const [hour, site, profile, started, seconds, articles] = known;
  const kinds = kindsOf(db, profile);
  const call = [started, seconds === null ? 0 : 1, seconds ?? 0];
  return [
    ['hourly', [hour, site], [...resolution(kinds), ...call]],
    ...valuesOf(kinds).map(([property, value, having]): Count => [
      'hourly_properties',
      [property, value, hour],
      [...resolution(having), ...call],
    ]),
    ['hourly_profiles', [profile, hour, site], [1, ...call]],
    ...articles.flatMap((article, i): ReadonlyArray<Count> =>
      article === null ? [] : [['hourly_articles', [article, hour, site, ...kinds[i]!], [1]]],
    ),
  ];
};

const countsOfSearch = ({ settledAt, hits, chosen, others, terms }: SettledSearch): ReadonlyArray<Count> => {
  const hour = hourOf(settledAt);
  const outcome = [1, hits === 0 ? 1 : 0, chosen === undefined ? 1 : 0];
  return [
    ['hourly_searches', [hour], [...outcome, others]],
    ...terms.map((term): Count => ['hourly_terms', [hour, term], outcome]),
  ];
};

/** Contacts, those in scope, and of these the ones that were answered at once. */
const resolution = (kinds: ReadonlyArray<Kind>): ReadonlyArray<number> => {
  const inScope = kinds.filter(([, , , scope]) => scope === 'in-scope');
  return [kinds.length, inScope.length, inScope.filter(([, , handling]) => handling === 'answered').length];
};

/** Each value that any of the contacts has, and the contacts that have it; where there is no contact, that. */
const valuesOf = (
  kinds: ReadonlyArray<Kind>,
): ReadonlyArray<readonly [property: string, value: string, having: ReadonlyArray<Kind>]> =>
  kinds.length === 0
    ? [[NO_CONTACT, '', []]]
    : contactProperties.flatMap((property, i) =>
        [...Map.groupBy(kinds, (kind) => kind[i]!)].map(([value, having]) => [property, value, having] as const),
      );

const kindsOf = (db: DatabaseSync, profile: number): ReadonlyArray<Kind> => {
  const { contacts } = prepared(db, 'SELECT contacts FROM profiles WHERE id = ?').get(profile)!;
  return JSON.parse(contacts as string) as ReadonlyArray<Kind>;
};

/** All articles that were ever used: their counts are looked up one by one. */
const noteArticle = (db: DatabaseSync, article: string): void => {
  prepared(db, 'INSERT OR IGNORE INTO articles VALUES (?)').run(article);
};

/** The profile of these contacts; there are few, and none is ever removed. */
const profileOf = (db: DatabaseSync, contacts: string): number => {
  const known = prepared(db, 'SELECT id FROM profiles WHERE contacts = ?').get(contacts);
  if (known !== undefined) return known['id'] as number;
  const { lastInsertRowid: id } = prepared(db, 'INSERT INTO profiles (contacts) VALUES (?)').run(contacts);
  const one = `INSERT INTO profile_contacts VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET contacts = contacts + 1`;
  for (const kind of JSON.parse(contacts) as ReadonlyArray<Kind>) prepared(db, one).run(id, ...kind);
  return Number(id);
};
