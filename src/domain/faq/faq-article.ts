import type { Actor } from '../kernel/actor.js';
import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { forbidden, invalid, notFound, rule, unless, when } from '../kernel/errors.js';
import type { ArticleContent, FaqCommand } from './commands.js';
import { ArticlePublished, ArticleRetired, ArticleRevised, faqEvents, type FaqEvent } from './events.js';

export type ArticleState =
  { readonly status: 'absent' } | { readonly status: 'published' | 'retired'; readonly content: ArticleContent };

const evolve = (state: ArticleState, event: FaqEvent): ArticleState => {
  switch (event.type) {
    case 'ArticlePublished':
    case 'ArticleRevised':
      return { status: 'published', content: event.data };
    case 'ArticleRetired':
      return state.status === 'absent' ? state : { status: 'retired', content: state.content };
  }
};

/** A department edits its own articles; supervisors and administrators edit all. */
const mayEdit = (actor: Actor, ...departments: ReadonlyArray<string>) => [
  ...onlyRoles(actor, 'department-staff', 'supervisor', 'administrator'),
  ...when(
    actor.role === 'department-staff' && departments.some((department) => department !== actor.department),
    forbidden('other_department', 'department staff edit the articles of their own department'),
  ),
];

const departmentOpen = (open: boolean) =>
  when(!open, invalid('unknown_department', 'there is no such open department', 'department'));

const sameContent = (a: ArticleContent, b: ArticleContent) =>
  a.question === b.question && a.answer === b.answer && a.category === b.category && a.department === b.department;

const absent = notFound('article_not_found', 'there is no such article');
const retired = rule('article_retired', 'the article was retired');

/** FAQ articles (S1): published, revised, retired. */
export const faqArticle: Decider<FaqCommand, ArticleState, FaqEvent> = {
  category: 'faq',
  events: faqEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'PublishArticle':
        return unless(
          [
            ...mayEdit(command.actor, command.data.department),
            ...departmentOpen(command.facts.departmentOpen),
            ...when(state.status !== 'absent', rule('article_exists', 'the article was published before')),
          ],
          () => [ArticlePublished(command.data)],
        );
      case 'ReviseArticle':
        return unless(
          [
            ...mayEdit(command.actor, command.data.department, ...ownDepartment(state)),
            ...departmentOpen(command.facts.departmentOpen),
            ...when(state.status === 'absent', absent),
            ...when(state.status === 'retired', retired),
          ],
          () =>
            state.status !== 'absent' && sameContent(state.content, command.data) ? [] : [ArticleRevised(command.data)],
        );
      case 'RetireArticle':
        return unless(
          [...mayEdit(command.actor, ...ownDepartment(state)), ...when(state.status === 'absent', absent)],
          () => (state.status === 'retired' ? [] : [ArticleRetired({})]),
        );
    }
  },
};

const ownDepartment = (state: ArticleState) => (state.status === 'absent' ? [] : [state.content.department]);
