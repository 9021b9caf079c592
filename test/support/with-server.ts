import { test } from 'vitest';
import { addressOf } from './servers.js';

/** Tests against the server whose address a variable holds; without it they are skipped, and named in one line. */
export const withServer = (
  variable: Parameters<typeof addressOf>[0],
  what: string,
  tests: (address: string) => void,
): void => {
  const address = addressOf(variable);
  // oxlint-disable-next-line vitest/no-disabled-tests -- it tells what is not run, and why
  const skipped = () => test.skip(`${what}: needs ${variable}`, () => undefined);
  (address === '' ? skipped : tests)(address);
};
