import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder that is removed when the test ends. */
export const tempDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'madoguchi-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
