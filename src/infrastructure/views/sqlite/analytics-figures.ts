import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type {
  AnalyticsFilter,
  AnalyticsRange,
  Dimension,
  FigureGroup,
  Figures,
} from '../../../application/ports/analytics.js';
import { hourOf, JAPAN_OFFSET_HOURS } from '../hours.js';
import { contactProperties, NO_CONTACT } from './analytics-index.js';
import { condition, whenGiven, type Condition } from './keyset-page.js';
import { prepared } from './prepared.js';

const JAPAN_HOUR = `(hour + ${JAPAN_OFFSET_HOURS}) % 24`;
// 1970 began on a Thursday.
const JAPAN_WEEKDAY = `((hour + ${JAPAN_OFFSET_HOURS}) / 24 + 3) % 7 + 1`;

/** The value of a call's dimension as text, of a row of counts. */
const valueOfCall: Partial<Readonly<Record<Dimension, string>>> = {
  site: "nullif(site, '')",
  hour: `format('%02d', ${JAPAN_HOUR})`,
  weekday: `CAST(${JAPAN_WEEKDAY} AS TEXT)`,
};

type ContactProperty = (typeof contactProperties)[number];

interface Sql {
  readonly sql: string;
  readonly values: ReadonlyArray<SQLInputValue>;
}

type FigureRow = Figures & { readonly value: string | null };

/** One for each value of a dimension, in their order. */
export const groupsOf = (
  db: DatabaseSync,
  by: Dimension,
  range: AnalyticsRange,
  filter: AnalyticsFilter,
): ReadonlyArray<FigureGroup> => figures(db, range, filter, by).map(groupOf);

const groupOf = ({ value, ...counts }: FigureRow): FigureGroup => (value === null ? counts : { ...counts, value });

export const totalOf = (db: DatabaseSync, range: AnalyticsRange, filter: AnalyticsFilter): Figures => {
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
  const asked = contactProperties.filter((property) => property === by || filter[property] !== undefined);
  const { sql, values } =
    asked.length === 0
      ? ofCalls(range, filter, by)
      : asked.length === 1 && by !== 'site' && filter.site === undefined
        ? ofOneProperty(asked[0]!, range, filter, by)
        : ofProfiles(range, filter, by);
  return prepared(db, sql).all(...values) as unknown as ReadonlyArray<FigureRow>;
};

/** Nothing is asked of contacts: a row for each hour and site is read. */
const ofCalls = (range: AnalyticsRange, filter: AnalyticsFilter, by: Dimension | undefined): Sql => {
  const { sql, values } = all([...inHours(range), ...ofHour(filter)]);
  return {
    sql: `SELECT ${callValue(by)} AS value, ${sums('contacts', 'in_scope', 'resolved')} FROM hourly
      WHERE contacts + calls > 0 AND ${sql} ${inOrder(by)}`,
    values,
  };
};

/** One property is asked for: a row for each hour and value of it is read. */
const ofOneProperty = (
  property: ContactProperty,
  range: AnalyticsRange,
  filter: AnalyticsFilter,
  by: Dimension | undefined,
): Sql => {
  const given = filter[property];
  // Value by value, each from hour to hour: no hour before the range is passed.
  const wanted =
    given === undefined
      ? condition(
          `property IN (?, '${NO_CONTACT}') AND value IN (SELECT DISTINCT ${property} FROM profile_contacts UNION ALL SELECT '')`,
          property,
        )
      : condition('property = ? AND value = ?', property, given);
  const { sql, values } = all([wanted, ...inHours(range), ...ofHour(filter)]);
  const value = by === property ? "nullif(value, '')" : callValue(by);
  return {
    sql: `SELECT ${value} AS value, ${sums('contacts', 'in_scope', 'resolved')} FROM hourly_properties
      WHERE contacts + calls > 0 AND ${sql} ${inOrder(by)}`,
    values,
  };
};

/** Several properties of one contact are asked for, or one at a site: those calls are read that are alike in their contacts. */
const ofProfiles = (range: AnalyticsRange, filter: AnalyticsFilter, by: Dimension | undefined): Sql => {
  const contact = all(ofContact(filter));
  const hour = all([...inHours(range), ...ofHour(filter)]);
  const property = contactProperties.find((each) => each === by);
  // Calls without contacts count only where nothing is demanded of contacts.
  const withoutContacts =
    contact.values.length > 0 ? '' : "UNION ALL SELECT id, NULL, 0, 0, 0 FROM profiles WHERE contacts = '[]'";
  return {
    sql: `WITH matching (profile, property, contacts, in_scope, resolved) AS MATERIALIZED (
        SELECT profile, ${property ?? 'NULL'}, sum(contacts), sum(iif(scope = 'in-scope', contacts, 0)),
          sum(iif(scope = 'in-scope' AND handling = 'answered', contacts, 0))
        FROM profile_contacts WHERE ${contact.sql} GROUP BY 1, 2 ${withoutContacts}
      ), counted AS MATERIALIZED (
        SELECT profile, ${callValue(by)} AS value,
          sum(conversations) AS conversations, sum(calls) AS calls, sum(ended) AS ended, sum(seconds) AS seconds
        FROM hourly_profiles WHERE profile IN (SELECT profile FROM matching) AND conversations > 0 AND ${hour.sql}
        GROUP BY 1, 2
      )
      SELECT ${property === undefined ? 'value' : 'property'} AS value,
        ${sums('conversations * contacts', 'conversations * in_scope', 'conversations * resolved')}
      FROM matching JOIN counted USING (profile) ${inOrder(by)}`,
    values: [...contact.values, ...hour.values],
  };
};

const callValue = (by: Dimension | undefined): string => (by && valueOfCall[by]) ?? 'NULL';

const sums = (contacts: string, inScope: string, resolved: string): string =>
  Object.entries({ contacts, inScope, resolved, calls: 'calls', endedCalls: 'ended', seconds: 'seconds' })
    .map(([name, each]) => `coalesce(sum(${each}), 0) AS ${name}`)
    .join(', ');

const inOrder = (by: Dimension | undefined): string => (by === undefined ? '' : 'GROUP BY 1 ORDER BY 1 NULLS LAST');

export const inHours = ({ from, to }: AnalyticsRange) => [
  condition('hour >= ?', hourOf(from)),
  condition('hour < ?', hourOf(to)),
];

export const ofHour = ({ site, hour, weekday }: AnalyticsFilter) => [
  ...whenGiven('site = ?', site),
  ...whenGiven(`${JAPAN_HOUR} = ?`, hour),
  ...whenGiven(`${JAPAN_WEEKDAY} = ?`, weekday),
];

export const ofContact = (filter: AnalyticsFilter) =>
  contactProperties.flatMap((property) => whenGiven(`${property} = ?`, filter[property]));

export const all = (conditions: ReadonlyArray<Condition>): Sql => ({
  sql: ['TRUE', ...conditions.map(({ sql }) => sql)].join(' AND '),
  values: conditions.flatMap(({ values }) => values),
});
