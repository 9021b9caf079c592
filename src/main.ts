import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { program } from './infrastructure/cli/program.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

try {
  await program(version).parseAsync();
} catch (error) {
  process.stderr.write(`madoguchi: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
