import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { rule, unless, when } from '../kernel/errors.js';
import { plus, type Instant, type Period } from '../kernel/time.js';
import type { RetentionCommand, RetentionRule } from './commands.js';
import { retentionEvents, RetentionSet, type RetentionCategory, type RetentionEvent } from './events.js';

export type RetentionState = Readonly<Record<RetentionCategory, RetentionRule>>;

/** What the two councils were told, and so the most that may be set: one year (S7), three months (K7). */
const bounds: RetentionState = {
  'callback-contact': {
    category: 'callback-contact',
    period: 'P1Y' as Period,
    ground: '収集後1年をもって削除する（コールセンターFAQシステム）',
  },
  'caller-numbers': {
    category: 'caller-numbers',
    period: 'P3M' as Period,
    ground: '保存期間は3か月以内とする（通話録音データに関する取扱要領 第5条第6項）',
  },
  recording: {
    category: 'recording',
    period: 'P3M' as Period,
    ground: '保存期間は3か月以内とする（通話録音データに関する取扱要領 第5条第6項）',
  },
};

/** When something that began at a moment is due for destruction. */
export const dueAt = (state: RetentionState, category: RetentionCategory, from: Instant): Instant =>
  plus(from, state[category].period);

/** The least number of days that a span of months can have: 31 January + P3M is 89 days later. */
const FEWEST_DAYS: Readonly<Record<number, number>> = { 3: 89, 12: 365 };

/** Whether a period can nowhere in the calendar outlast its bound, which is 3 or 12 months. */
const within = (period: Period, bound: Period) => {
  const most = inMonths(bound);
  return period.endsWith('D') ? count(period) <= FEWEST_DAYS[most]! : inMonths(period) <= most;
};

const count = (period: Period) => Number(period.slice(1, -1));
const inMonths = (period: Period) => count(period) * (period.endsWith('Y') ? 12 : 1);

/** Whether the rule was set before; a bound that nobody has set is not, and its first setting is recorded. */
const sameRule = (known: RetentionRule, { category, period, ground }: RetentionRule) =>
  known !== bounds[category] && known.period === period && known.ground === ground;

/** How long each category of data is kept: set by the responsible manager, never above its bound. */
export const retentionPolicy: Decider<RetentionCommand, RetentionState, RetentionEvent> = {
  category: 'retention',
  events: retentionEvents,
  initial: bounds,
  evolve: (state, { data }) => ({ ...state, [data.category]: data }),
  decide: ({ actor, data }, state) =>
    unless(
      [
        ...onlyRoles(actor, 'responsible-manager'),
        ...when(
          !within(data.period, bounds[data.category].period),
          rule('retention_above_bound', `at most ${bounds[data.category].period} is allowed here`, 'period'),
        ),
      ],
      () => (sameRule(state[data.category], data) ? [] : [RetentionSet(data)]),
    ),
};
