import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDir } from '../support/temp-dir.js';

const root = join(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The folder for temporary files that it was given. */
  readonly temporary: string;
}

/** What `npm run relevance` runs after its build; `interruptAt`: a line of stderr at which Ctrl-C is pressed. */
export const relevance = async (
  args: ReadonlyArray<string>,
  { env = {}, interruptAt }: { env?: NodeJS.ProcessEnv; interruptAt?: RegExp } = {},
): Promise<Ended> => {
  if (!existsSync(join(root, 'dist/main.js'))) throw new Error('there is no dist/: run "npm run build" first');
  const temporary = tempDir();
  const node = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'];
  const child = spawn(
    process.execPath,
    [...node, '--import', './test/support/typescript.mjs', 'bench/relevance/main.ts', ...args],
    { cwd: root, env: { ...process.env, TMPDIR: temporary, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
    if (interruptAt?.test(stderr) !== true || interrupted) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr, temporary };
};

/** The three files of a run, in a folder of the test's own; what is no string is written as JSON. */
export const filesOf = (corpus: unknown, queries: unknown, judgements: unknown): ReadonlyArray<string> => {
  const folder = tempDir();
  return Object.entries({ corpus, queries, judgements }).map(([name, content]) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  });
};
