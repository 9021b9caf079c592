import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What ends with a test, or with all that share it. */
export type Ending = (end: () => void | Promise<void>) => void;

/** An empty folder that is removed when the test ends. */
export const tempDir = (ending: Ending = onTestFinished): string => {
  const dir = mkdtempSync(join(tmpdir(), 'madoguchi-'));
  ending(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
