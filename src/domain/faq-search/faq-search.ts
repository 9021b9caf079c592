import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { invalid, rule, unless, when } from '../kernel/errors.js';
import type { FaqSearchCommand } from './commands.js';
import { FaqSearchSettled, faqSearchEvents, MOST_TERMS, SettledTerm, type FaqSearchEvent } from './events.js';

export interface FaqSearchState {
  readonly status: 'absent' | 'settled';
}

/** Searches of the FAQ that are over (K16), each a stream of its own: what is looked for shows what the FAQ lacks. */
export const faqSearch: Decider<FaqSearchCommand, FaqSearchState, FaqSearchEvent> = {
  category: 'faqsearch',
  events: faqSearchEvents,
  initial: { status: 'absent' },
  evolve: () => ({ status: 'settled' }),
  decide: ({ actor, data: { hits, chosen }, facts }, { status }) =>
    unless(
      [
        ...onlyRoles(actor, 'operator', 'supervisor'),
        ...when(status === 'settled', rule('search_settled', 'the search was settled before')),
        ...when(!facts.articleKnown, invalid('unknown_article', 'there is no such FAQ article', 'chosen')),
      ],
      () => {
        const words = new Set(facts.known);
        // In alphabetical order: what was typed cannot be put together again.
        const terms = [...words].filter(SettledTerm.is).toSorted().slice(0, MOST_TERMS);
        const others = facts.others + words.size - terms.length;
        return [FaqSearchSettled({ terms, others, hits, ...(chosen !== undefined && { chosen }) })];
      },
    ),
};
