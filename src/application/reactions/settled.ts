import * as E from 'fp-ts/lib/Either.js';
import type { Failure } from '../failure.js';
import type { RecordedEvent } from '../ports/event-store.js';
import { ReactionRefused, type Reaction } from './reaction.js';

/** Throws unless the step succeeded, or was refused only for reasons that mean that there is nothing to do. */
export const settled = (
  { name }: Reaction,
  event: RecordedEvent,
  result: E.Either<Failure, unknown>,
  nothingToDo: ReadonlyArray<string>,
): void => {
  if (E.isRight(result)) return;
  const codes = result.left._tag === 'refused' ? result.left.errors.map(({ code }) => code) : [result.left._tag];
  if (!codes.every((code) => nothingToDo.includes(code))) throw new ReactionRefused(name, event, codes);
};
