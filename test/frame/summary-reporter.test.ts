import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.js';

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test('counts whatever fails, in a test or around it, and names what was skipped', () => {
  const root = tempDir();
  writeFileSync(
    join(root, 'tests.test.js'),
    `test('passes', () => {});
     test('fails', () => { throw new Error('wrong'); });
     describe.skipIf(true)('a server (skipped: none runs)', () => { test('answers', () => {}); });
     test('decides', ({ skip }) => skip('none runs'));
     describe('breaks', () => { afterAll(() => { throw new Error('late'); }); test('before that', () => {}); });`,
  );
  writeFileSync(join(root, 'breaks.test.js'), `throw new Error('at once');`);

  const reporter = file('test/support/summary-reporter.ts');
  const options = ['run', '--root', root, '--globals', '--reporter', reporter];
  const { status, stdout } = spawnSync(process.execPath, [file('node_modules/vitest/vitest.mjs'), ...options], {
    encoding: 'utf8',
  });

  expect(status).toBe(1);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'skipped: a server (skipped: none runs) > answers',
    'skipped: decides (none runs)',
    '2 skipped',
    '2 passed, 3 failed',
  ]);
});
