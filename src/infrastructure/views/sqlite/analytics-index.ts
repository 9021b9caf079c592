import type { DatabaseSync } from 'node:sqlite';
import {
  momentOf,
  secondsOf,
  type AnalyticsDocument,
  type Conversation,
  type CountedContact,
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
    keys: ['property', 'hour', 'value'],
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

/** What is added to one row: a list, and not an object, because one is kept for each call. */
type Count = readonly [table: keyof typeof tables, keys: ReadonlyArray<string | number>, counts: ReadonlyArray<number>];

/** Keeps the counts by the hour: what a document added before is taken away, what it adds now is added. */
export const analyticsIndex = (db: DatabaseSync): DocumentIndex<AnalyticsDocument> => {
  const remove = (id: number) => {
    const row = prepared(db, 'DELETE FROM counted WHERE id = ? RETURNING counts').get(id);
    if (row === undefined) return;
    for (const count of JSON.parse(row['counts'] as string) as ReadonlyArray<Count>) add(db, count, -1);
  };
  return {
    remove,
    put: (id, _key, document) => {
      remove(id);
      const counts = document.kind === 'search' ? countsOfSearch(document) : countsOfConversation(db, document);
      for (const count of counts) add(db, count, 1);
      prepared(db, 'INSERT INTO counted VALUES (?, ?)').run(id, JSON.stringify(counts));
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

const countsOfSearch = ({ settledAt, hits, chosen, others, terms }: SettledSearch): ReadonlyArray<Count> => {
  const hour = hourOf(settledAt);
  const outcome = [1, hits === 0 ? 1 : 0, chosen === undefined ? 1 : 0];
  return [
    ['hourly_searches', [hour], [...outcome, others]],
    ...terms.map((term): Count => ['hourly_terms', [hour, term], outcome]),
  ];
};

const countsOfConversation = (db: DatabaseSync, conversation: Conversation): ReadonlyArray<Count> => {
  const moment = momentOf(conversation);
  if (moment === undefined) return [];
  const { site = '', startedAt, contacts } = conversation;
  const seconds = secondsOf(conversation);
  const hour = hourOf(moment);
  const call = [startedAt === undefined ? 0 : 1, seconds === undefined ? 0 : 1, seconds ?? 0];
  return [
    ['hourly', [hour, site], [...countsOf(contacts), ...call]],
    ...valuesOf(contacts).map(([property, value, having]): Count => [
      'hourly_properties',
      [property, hour, value],
      [...countsOf(having), ...call],
    ]),
    ['hourly_profiles', [profileOf(db, contacts), hour, site], [1, ...call]],
    ...contacts.flatMap((contact): ReadonlyArray<Count> => {
      const { faqArticle, category, department, handling, scope } = contact;
      if (faqArticle === undefined) return [];
      prepared(db, 'INSERT OR IGNORE INTO articles VALUES (?)').run(faqArticle);
      return [['hourly_articles', [faqArticle, hour, site, category, department, handling, scope], [1]]];
    }),
  ];
};

/** Contacts, those in scope, and of these the ones that were answered at once. */
const countsOf = (contacts: ReadonlyArray<CountedContact>): ReadonlyArray<number> => {
  const inScope = contacts.filter(({ scope }) => scope === 'in-scope');
  return [contacts.length, inScope.length, inScope.filter(({ handling }) => handling === 'answered').length];
};

/** Each value that any of the contacts has, and the contacts that have it; where there is no contact, that. */
const valuesOf = (
  contacts: ReadonlyArray<CountedContact>,
): ReadonlyArray<readonly [property: string, value: string, having: ReadonlyArray<CountedContact>]> =>
  contacts.length === 0
    ? [[NO_CONTACT, '', []]]
    : contactProperties.flatMap((property) =>
        [...Map.groupBy(contacts, (contact) => contact[property])].map(
          ([value, having]) => [property, value, having] as const,
        ),
      );

/** The profile that these contacts make, in whatever order they came; there are few, and none is ever removed. */
const profileOf = (db: DatabaseSync, contacts: ReadonlyArray<CountedContact>): number => {
  const kinds = contacts.map(({ category, department, handling, scope }) => [category, department, handling, scope]);
  const profile = JSON.stringify(kinds.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)));
  const known = prepared(db, 'SELECT id FROM profiles WHERE contacts = ?').get(profile);
  if (known !== undefined) return known['id'] as number;
  const { lastInsertRowid: id } = prepared(db, 'INSERT INTO profiles (contacts) VALUES (?)').run(profile);
  const one = `INSERT INTO profile_contacts VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET contacts = contacts + 1`;
  for (const kind of kinds) prepared(db, one).run(id, ...kind);
  return Number(id);
};
