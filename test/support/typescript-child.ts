import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

const hook = new URL('./typescript.mjs', import.meta.url).href;

/** Runs a TypeScript file of the tests in a Node process of its own, whose stdout is read. */
export const typescriptChild = (program: URL, args: ReadonlyArray<string>): ChildProcessByStdio<null, Readable, null> =>
  spawn(
    process.execPath,
    [
      '--experimental-transform-types',
      '--disable-warning=ExperimentalWarning',
      `--import=${hook}`,
      program.pathname,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
