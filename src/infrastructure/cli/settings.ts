import * as E from 'fp-ts/lib/Either.js';
import type { DomainErrors } from '../../domain/kernel/errors.js';
import { configOf, type Config } from '../config.js';

/** A wrong use of the command line; its message is all that is shown. */
export class UsageError extends Error {}

/** What the environment says. Throws `UsageError`, which names everything that is wrong and repeats nothing. */
export const settings = (): Config => {
  const read = configOf(process.env);
  if (E.isLeft(read)) throw new UsageError(lines(read.left));
  return read.right;
};

export const lines = (errors: DomainErrors): string =>
  errors.map(({ field, message }) => (field === undefined ? message : `${field} ${message}`)).join('\n');
