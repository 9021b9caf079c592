// Checks the imports under src/ of a folder (this repository unless named) against .dependency-cruiser.cjs. It also
// fails when the tool has not seen every source file: with a compiler that it cannot use, it finds no module and no fault.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const here = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const root = process.argv[2] ?? here('.');

const options = { ...(await extractOptions(here('.dependency-cruiser.cjs'))), baseDir: root };
const tsConfig = extractTsConfig(here('tsconfig.json'));
const sources = globSync('src/**/*.ts', { cwd: root });

const { output } = await cruise(['src'], options, undefined, { tsConfig });
if (typeof output === 'string') throw new TypeError('dependency-cruiser answered with text');

const seen = new Set(output.modules.map(({ source }) => source));
const unseen = sources.filter((file) => !seen.has(file));
const faults = output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
if (sources.length === 0) faults.push(`no source file in ${root}`);
if (unseen.length > 0) faults.push(`not seen: ${unseen.join(', ')}`);

for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
else process.stdout.write(`${sources.length} source files keep the layers\n`);
