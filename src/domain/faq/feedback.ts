import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { invalid, notFound, rule, unless, when } from '../kernel/errors.js';
import type { FeedbackCommand } from './commands.js';
import { feedbackEvents, FeedbackGiven, type FeedbackEvent } from './events.js';

export interface FeedbackState {
  readonly status: 'absent' | 'given';
}

/**
 * What an operator says of an article (S1). A stream of its own each time: a popular article's own stream would grow
 * without end, and every word about it would count as a change of it.
 */
export const feedback: Decider<FeedbackCommand, FeedbackState, FeedbackEvent> = {
  category: 'feedback',
  events: feedbackEvents,
  initial: { status: 'absent' },
  evolve: () => ({ status: 'given' }),
  decide: ({ actor, data, facts }, state) =>
    unless(
      [
        ...onlyRoles(actor, 'operator', 'supervisor'),
        ...when(state.status === 'given', rule('feedback_given', 'this was said before')),
        ...when(!facts.articleKnown, notFound('article_not_found', 'there is no such article')),
        ...when(!facts.inquiryKnown, invalid('unknown_inquiry', 'there is no such inquiry', 'inquiry')),
      ],
      () => [FeedbackGiven(data)],
    ),
};
