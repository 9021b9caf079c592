import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { DataDirectory, DirectoryInUse } from '../../src/infrastructure/data-directory.js';
import { tempDir } from '../support/temp-dir.js';
import { typescriptChild } from '../support/typescript-child.js';

/** Another process that tries to hold the directory, and the first thing that it says. */
const otherProcess = async (folder: string) => {
  const child = typescriptChild(new URL('./hold-directory.ts', import.meta.url), [folder]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, said };
};

test('a directory is made when absent, for its owner only', () => {
  const folder = join(tempDir(), 'city', 'data');
  const directory = DataDirectory.open(folder);
  onTestFinished(() => directory.release());
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(directory.file('events.sqlite')).toBe(join(folder, 'events.sqlite'));
});

test('one process holds a directory; a second one is told what to do', async () => {
  const folder = tempDir();
  const directory = DataDirectory.open(folder);
  expect(() => DataDirectory.open(folder)).toThrow(DirectoryInUse);
  const { said } = await otherProcess(folder);
  expect(said).toBe(new DirectoryInUse(folder).message);
  expect(said).toContain('MADOGUCHI_DATA');
  directory.release();
  expect((await otherProcess(folder)).said).toBe('held');
});

test('the system lets go of the directory of a process that is killed', async () => {
  const folder = tempDir();
  const { child, said } = await otherProcess(folder);
  expect(said).toBe('held');
  expect(() => DataDirectory.open(folder)).toThrow(DirectoryInUse);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  DataDirectory.open(folder).release();
});
