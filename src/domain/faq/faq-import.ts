import type { TypeOf } from 'io-ts';
import { onlyRoles } from '../kernel/actor.js';
import { record } from '../kernel/codec.js';
import type { Command, Decider } from '../kernel/decider.js';
import { notFound, rule, unless, when } from '../kernel/errors.js';
import {
  ArticlesStaged,
  FaqImportCompleted,
  FaqImported,
  faqImportEvents,
  importPartEvents,
  type FaqImportEvent,
  type ImportPartEvent,
  type StagedArticle,
} from './import-events.js';

const editors = ['department-staff', 'supervisor', 'administrator'] as const;

export type ImportPartState =
  { readonly status: 'absent' } | { readonly status: 'staged'; readonly articles: ReadonlyArray<StagedArticle> };

/** Some rows of an import on their way: small enough to be one event, inert until the import is accepted. */
export const importPart: Decider<
  Command<'StageArticles', TypeOf<typeof ArticlesStaged.data>>,
  ImportPartState,
  ImportPartEvent
> = {
  category: 'faqpart',
  events: importPartEvents,
  initial: { status: 'absent' },
  evolve: (_, { data }) => ({ status: 'staged', articles: data.articles }),
  decide: ({ actor, data }, state) =>
    unless(
      [
        ...onlyRoles(actor, ...editors),
        ...when(state.status === 'staged', rule('part_staged', 'these rows were staged before')),
      ],
      () => [ArticlesStaged(data)],
    ),
};

const { digest, ...plan } = FaqImported.data.required;
export const AcceptImport = record('AcceptImport', { digest });
/** What the rows come to, as the handler found it; and where they lie. */
export const ImportPlan = record('ImportPlan', plan);
export type ImportPlan = TypeOf<typeof ImportPlan>;

export type FaqImportCommand =
  | Command<'AcceptImport', TypeOf<typeof AcceptImport>, ImportPlan>
  | Command<'CompleteImport', unknown, TypeOf<typeof FaqImportCompleted.data>>;

export type FaqImportState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'accepted'; readonly overtaken?: number } & TypeOf<typeof FaqImported.data>);

/** An import of FAQ articles: once accepted, all of it is done, whatever happens meanwhile. */
export const faqImport: Decider<FaqImportCommand, FaqImportState, FaqImportEvent> = {
  category: 'faqimport',
  events: faqImportEvents,
  initial: { status: 'absent' },
  evolve: (state, event) => {
    if (event.type === 'FaqImported') return { status: 'accepted', ...event.data };
    return state.status === 'absent' ? state : { ...state, overtaken: event.data.overtaken };
  },
  decide: (command, state) => {
    switch (command.type) {
      case 'AcceptImport':
        return unless(
          [
            ...onlyRoles(command.actor, ...editors),
            ...when(state.status !== 'absent', rule('import_accepted', 'the import was accepted before')),
          ],
          () => [FaqImported({ ...command.data, ...command.facts })],
        );
      case 'CompleteImport':
        return unless(
          [
            ...onlyRoles(command.actor, 'system'),
            ...when(state.status === 'absent', notFound('import_not_found', 'there is no such import')),
          ],
          () =>
            state.status === 'accepted' && state.overtaken !== undefined ? [] : [FaqImportCompleted(command.facts)],
        );
    }
  },
};
