// npm run relevance -- CORPUS QUERIES JUDGEMENTS [--json FILE]; README.md says what the files hold.
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanCluster } from './clean-cluster.js';
import { configFrom, engines, missingOf, settingsOf } from './engines.js';
import { BadInput, readJudgements, readTexts } from './input.js';
import { measureEngine } from './measure-engine.js';
import { tell } from './progress.js';
import { json, table, type Result } from './report.js';
import { trialOf } from './trial.js';

const USAGE = 'npm run relevance -- CORPUS QUERIES JUDGEMENTS [--json FILE]';

/** npm runs scripts in the folder of the package; a file is named from where the user is. */
const fileOf = (name: string): string => resolve(process.env['INIT_CWD'] ?? '.', name);

const argumentsOf = () => {
  try {
    const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
    if (positionals.length !== 3) throw new BadInput(`three files are needed, and ${positionals.length} are named`);
    const [corpus, queries, judgements] = positionals.map(fileOf);
    const answer = values.json === undefined ? undefined : fileOf(values.json);
    // Now, and not when everything is measured.
    if (answer !== undefined) accessSync(dirname(answer), constants.W_OK);
    return { corpus: corpus!, queries: queries!, judgements: judgements!, answer };
  } catch (error) {
    throw new BadInput(`${(error as Error).message}\n${USAGE}`);
  }
};

const run = async (signal: AbortSignal): Promise<void> => {
  const files = argumentsOf();
  const trial = trialOf(readTexts(files.corpus), readTexts(files.queries), readJudgements(files.judgements));
  for (const warning of trial.warnings) tell(`warning: ${warning}`);

  await using cleanUp = new AsyncDisposableStack();
  const folder = cleanUp.adopt(mkdtempSync(join(tmpdir(), 'madoguchi-relevance-')), (dir) =>
    rmSync(dir, { recursive: true, force: true }),
  );
  const prefix = `relevance-${randomBytes(6).toString('hex')}`;
  const results: Result[] = [];
  const without: string[] = [];
  for (const engine of engines) {
    const missing = missingOf(engine, process.env);
    if (missing.length > 0) {
      without.push(`${engine.name}: skipped, ${missing.join(' and ')} not set`);
      continue;
    }
    signal.throwIfAborted();
    const settings = settingsOf(engine, process.env, folder, prefix);
    try {
      const config = configFrom(settings);
      const cluster = config.elasticsearch;
      if (cluster !== undefined) cleanUp.defer(() => cleanCluster(cluster));
      results.push(await measureEngine(engine.name, trial, config, signal));
    } catch (error) {
      signal.throwIfAborted();
      // What the others came to is not lost with it.
      without.push(`${engine.name}: failed`);
      tell(`${engine.name}: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
  const heading = `${trial.documents.length} texts, ${trial.queries.length} queries`;
  process.stdout.write([heading, table(results), ...without, ''].join('\n'));
  if (files.answer !== undefined) writeFileSync(files.answer, json(results));
};

const messageOf = (error: unknown): string => {
  if (error instanceof BadInput) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

/** Aborted by the first Ctrl-C, so that what was made is removed; a second one ends at once. */
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    tell(`${name}: removing what was made`);
    interrupted.abort(new BadInput('broken off'));
  });

try {
  await run(interrupted.signal);
} catch (error) {
  tell(
    `relevance: ${error instanceof BadInput ? error.message : error instanceof Error ? error.stack : String(error)}`,
  );
  process.exitCode = 1;
}
