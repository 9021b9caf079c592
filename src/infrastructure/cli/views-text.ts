import type { ViewState } from '../http/routes/system.controller.js';

type Rebuild = NonNullable<ViewState['rebuild']>;

const columns: ReadonlyArray<readonly [title: string, of: (view: ViewState) => string]> = [
  ['VIEW', ({ view }) => view],
  ['STATE', ({ state }) => state],
  ['VERSION', ({ version }) => version ?? '-'],
  ['EVENTS', ({ events }) => (events === undefined ? '-' : count(events))],
  ['BEHIND', ({ lag }) => (lag.events < 1_000 ? count(lag.events) : '1,000+')],
  ['AGE', ({ lag }) => (lag.events === 0 ? '-' : duration(lag.ageMs))],
  ['REBUILD', ({ rebuild }) => (rebuild === undefined ? '-' : doneOf(rebuild))],
  ['RATE', ({ rebuild }) => (rebuild === undefined ? '-' : `${count(rebuild.eventsPerSecond)}/s`)],
  ['LEFT', ({ rebuild }) => (rebuild && timeLeft(rebuild)) ?? '-'],
];

/** The views as a table, a row each, and below a row what is wrong with its view. */
export const tableOf = (views: ReadonlyArray<ViewState>): ReadonlyArray<string> => {
  const cells = [columns.map(([title]) => title), ...views.map((view) => columns.map(([, of]) => of(view)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const rows = cells.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  return [rows[0]!, ...views.flatMap((view, i) => [rows[i + 1]!, ...troubles(view).map((line) => `  ${line}`)])];
};

/** How the rebuild of a view goes, in a line. */
export const progressOf = ({ view, version, events, rebuild, outage }: ViewState): string => {
  if (rebuild === undefined) return `${view}: swapped in, version ${version ?? '-'}, ${count(events ?? 0)} events`;
  if (rebuild.poisonedBy !== undefined) return `${view}: stopped before ${eventOf(rebuild.poisonedBy)}`;
  if (outage !== undefined) return `${view}: held up by ${outage}`;
  if (rebuild.done === 0) return `${view}: has not begun`;
  const left = timeLeft(rebuild);
  const rate = `${count(rebuild.eventsPerSecond)} a second`;
  return `${view}: ${doneOf(rebuild)} events, ${rate}${left === undefined ? '' : `, ${left} left`}`;
};

const troubles = ({ poisonedBy, rebuild, outage }: ViewState): ReadonlyArray<string> => [
  ...(poisonedBy === undefined ? [] : [`stopped before ${eventOf(poisonedBy)}`]),
  ...(rebuild?.poisonedBy === undefined ? [] : [`its rebuild has stopped before ${eventOf(rebuild.poisonedBy)}`]),
  ...(outage === undefined ? [] : [`held up by ${outage}`]),
];

const eventOf = ({ type, eventId, reason }: NonNullable<ViewState['poisonedBy']>): string =>
  `${type} ${eventId}: ${reason}`;

const doneOf = ({ done, total }: Rebuild): string =>
  `${count(done)}${total === undefined ? '' : ` of ${count(total)}`}`;

/** Unknown of a first build, since nobody has counted its events, and while nothing moves. */
const timeLeft = ({ done, total, eventsPerSecond }: Rebuild): string | undefined =>
  total === undefined || eventsPerSecond === 0
    ? undefined
    : duration((Math.max(0, total - done) / eventsPerSecond) * 1_000);

const units = [
  ['s', 1_000, 120],
  ['min', 60_000, 120],
  ['h', 3_600_000, 48],
  ['d', 86_400_000, Infinity],
] as const;

const duration = (ms: number): string => {
  const [unit, length] = units.find(([, unitMs, below]) => ms < unitMs * below)!;
  return `${Math.ceil(ms / length)} ${unit}`;
};

const count = (n: number): string => n.toLocaleString('en');
