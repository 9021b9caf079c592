import { Problem } from './problem.js';

/** The thing, or 404 by its name. */
export const found = <A>(thing: A | undefined, name: string): A => {
  if (thing === undefined) throw new Problem(404, `${name.replaceAll(' ', '_')}_not_found`, `There is no such ${name}`);
  return thing;
};
