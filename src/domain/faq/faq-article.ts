import type { Actor } from '../kernel/actor.js';
import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { forbidden, invalid, notFound, rule, unless, when, type DomainError } from '../kernel/errors.js';
import type { FaqCommand } from './commands.js';
import {
  ArticleApproved,
  ArticleDrafted,
  ArticlePublished,
  ArticleRetired,
  ArticleReturned,
  ArticleRevised,
  ArticleSubmitted,
  DraftDiscarded,
  faqEvents,
  type ArticleContent,
  type FaqEvent,
} from './events.js';

/** A text on its way to being published: its writers work on it, or its department reviews it. */
export interface Draft {
  readonly stage: 'draft' | 'in-review';
  readonly content: ArticleContent;
}

/** `drafted`: never published. What was published may have a draft beside it. */
export type ArticleState =
  | { readonly status: 'absent' }
  | { readonly status: 'drafted'; readonly draft: Draft }
  | { readonly status: 'published' | 'retired'; readonly content: ArticleContent; readonly draft?: Draft };

const evolve = (state: ArticleState, event: FaqEvent): ArticleState => {
  const draft = draftOf(state);
  switch (event.type) {
    case 'ArticlePublished':
    case 'ArticleRevised':
      // A draft in review was written without knowing this text: back to its writers, unless it is what was approved.
      return { status: 'published', content: event.data, ...(draft && { draft: { ...draft, stage: 'draft' } }) };
    case 'ArticleRetired':
      return state.status === 'published' ? { ...state, status: 'retired' } : state;
    case 'ArticleDrafted':
      return wasPublished(state)
        ? { ...state, draft: { stage: 'draft', content: event.data } }
        : { status: 'drafted', draft: { stage: 'draft', content: event.data } };
    case 'ArticleSubmitted':
    case 'ArticleReturned': {
      const stage = event.type === 'ArticleSubmitted' ? 'in-review' : 'draft';
      return draft === undefined ? state : ({ ...state, draft: { ...draft, stage } } as ArticleState);
    }
    case 'ArticleApproved':
    case 'DraftDiscarded':
      return wasPublished(state) ? { status: state.status, content: state.content } : { status: 'absent' };
  }
};

const draftOf = (state: ArticleState): Draft | undefined => (state.status === 'absent' ? undefined : state.draft);

/** Whether citizens may have been answered from it: then it stays known, for the contacts that name it. */
export const wasPublished = (
  state: ArticleState,
): state is Extract<ArticleState, { readonly content: ArticleContent }> =>
  state.status === 'published' || state.status === 'retired';

/** Whose article it is, and whose it would become by its draft. */
const ownersOf = (state: ArticleState) => (wasPublished(state) ? [state.content.department] : []);
const departmentsOf = (state: ArticleState) => {
  const draft = draftOf(state);
  return [...ownersOf(state), ...(draft === undefined ? [] : [draft.content.department])];
};

/** Department staff neither give an article away nor take one. */
const ownOnly = (actor: Actor, departments: ReadonlyArray<string>): ReadonlyArray<DomainError> =>
  when(
    actor.role === 'department-staff' && departments.some((department) => department !== actor.department),
    forbidden('other_department', 'department staff have to do with the articles of their own department'),
  );

/** A department edits its own articles at once; supervisors and administrators edit all. */
const mayEdit = (actor: Actor, departments: ReadonlyArray<string>) => [
  ...onlyRoles(actor, 'department-staff', 'supervisor', 'administrator'),
  ...ownOnly(actor, departments),
];

/** Operators know what citizens ask for: they draft as well. */
const mayDraft = (actor: Actor, departments: ReadonlyArray<string>) => [
  ...onlyRoles(actor, 'operator', 'department-staff', 'supervisor', 'administrator'),
  ...ownOnly(actor, departments),
];

/** What its department answers for, its department approves. */
const mayReview = (actor: Actor, departments: ReadonlyArray<string>) => [
  ...onlyRoles(actor, 'department-staff', 'administrator'),
  ...ownOnly(actor, departments),
];

const departmentOpen = (open: boolean, field?: string) =>
  when(!open, invalid('unknown_department', 'there is no such open department', field));

const sameContent = (a: ArticleContent, b: ArticleContent) =>
  a.question === b.question &&
  a.answer === b.answer &&
  a.category === b.category &&
  a.department === b.department &&
  a.reference === b.reference &&
  a.internalNote === b.internalNote;

const absent = notFound('article_not_found', 'there is no such article');
const exists = rule('article_exists', 'the article is there already');
const retired = rule('article_retired', 'the article was retired');
const published = rule('article_published', 'the article is published: revise it');
const unpublished = rule('article_not_published', 'the article has never been published: its draft can be changed');
const noDraft = notFound('draft_not_found', 'no text of this article is being prepared');
const notInReview = rule('not_in_review', 'the draft was not submitted for review');

/** What is wrong with the state for a command that needs a text that is published. */
const needsPublished = ({ status }: ArticleState) => [
  ...when(status === 'absent', absent),
  ...when(status === 'drafted', unpublished),
  ...when(status === 'retired', retired),
];
const needsDraft = (state: ArticleState) => [
  ...when(state.status === 'absent', absent),
  ...when(state.status !== 'absent' && state.draft === undefined, noDraft),
];

const isPublishedAs = (state: ArticleState, content: ArticleContent) =>
  state.status === 'published' && sameContent(state.content, content);

/** The draft becomes what is published. */
const approved = (state: ArticleState, content: ArticleContent): ReadonlyArray<FaqEvent> => [
  ...(isPublishedAs(state, content)
    ? []
    : [state.status === 'published' ? ArticleRevised(content) : ArticlePublished(content)]),
  ArticleApproved({}),
];

/** FAQ articles (S1): drafted, reviewed, published, revised, retired. */
export const faqArticle: Decider<FaqCommand, ArticleState, FaqEvent> = {
  category: 'faq',
  events: faqEvents,
  initial: { status: 'absent' },
  evolve,
  decide: (command, state) => {
    const { actor } = command;
    const draft = draftOf(state);
    const owners = ownersOf(state);
    const all = departmentsOf(state);
    switch (command.type) {
      case 'PublishArticle':
        return unless(
          [
            ...mayEdit(actor, [command.data.department]),
            ...departmentOpen(command.facts.departmentOpen, 'department'),
            ...when(state.status !== 'absent', exists),
          ],
          () => [ArticlePublished(command.data)],
        );
      case 'ReviseArticle':
        return unless(
          [
            ...mayEdit(actor, [command.data.department, ...owners]),
            ...departmentOpen(command.facts.departmentOpen, 'department'),
            ...needsPublished(state),
          ],
          () => (isPublishedAs(state, command.data) ? [] : [ArticleRevised(command.data)]),
        );
      case 'RetireArticle':
        return unless(
          [
            ...mayEdit(actor, owners),
            ...when(state.status === 'absent', absent),
            ...when(state.status === 'drafted', unpublished),
          ],
          () => (state.status === 'retired' ? [] : [ArticleRetired({})]),
        );
      case 'RepublishArticle':
        return unless(
          [
            ...mayEdit(actor, [command.data.department, ...owners]),
            ...departmentOpen(command.facts.departmentOpen, 'department'),
            ...when(state.status === 'absent', absent),
            ...when(state.status === 'drafted', unpublished),
            ...when(state.status === 'published', published),
          ],
          () => [ArticlePublished(command.data)],
        );
      case 'DraftArticle':
        return unless(
          [
            ...mayDraft(actor, [command.data.department]),
            ...departmentOpen(command.facts.departmentOpen, 'department'),
            ...when(state.status !== 'absent', exists),
          ],
          () => [ArticleDrafted(command.data)],
        );
      case 'ChangeDraft':
        return unless(
          [
            ...mayDraft(actor, [command.data.department, ...all]),
            ...departmentOpen(command.facts.departmentOpen, 'department'),
            ...when(state.status === 'absent', absent),
          ],
          () => (draft !== undefined && sameContent(draft.content, command.data) ? [] : [ArticleDrafted(command.data)]),
        );
      case 'SubmitArticle':
        return unless([...mayDraft(actor, all), ...needsDraft(state)], () =>
          draft?.stage === 'in-review' ? [] : [ArticleSubmitted({})],
        );
      case 'ReturnArticle':
        return unless(
          [
            ...mayReview(actor, all),
            ...needsDraft(state),
            ...when(draft !== undefined && draft.stage !== 'in-review', notInReview),
          ],
          () => [ArticleReturned(command.data)],
        );
      case 'ApproveArticle':
        return unless(
          [
            ...mayReview(actor, all),
            ...needsDraft(state),
            ...when(draft !== undefined && draft.stage !== 'in-review', notInReview),
            ...(draft === undefined ? [] : departmentOpen(command.facts.departmentOpen)),
          ],
          () => approved(state, draft!.content),
        );
      case 'DiscardDraft':
        return unless([...mayDraft(actor, all), ...needsDraft(state)], () => [DraftDiscarded({})]);
      case 'ImportArticle':
        return unless(
          [
            ...mayEdit(actor, [command.data.department, ...owners]),
            ...departmentOpen(command.facts.departmentOpen, 'department'),
            ...when(state.status === 'drafted', unpublished),
            ...when(state.status === 'retired', retired),
          ],
          () =>
            state.status === 'absent'
              ? [ArticlePublished(command.data)]
              : isPublishedAs(state, command.data)
                ? []
                : [ArticleRevised(command.data)],
        );
    }
  },
};
