import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/tour.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands]) => commands!);

/** Runs the page as a reader would: all its commands in one shell, which stops at the first that fails. */
const follow = async (url: string, data: string) => {
  const shell = spawn('bash', ['-euo', 'pipefail'], {
    cwd: root,
    env: { ...process.env, MADOGUCHI_URL: url, MADOGUCHI_DATA: data, NO_COLOR: '1' },
    detached: true,
  });
  // With all that it started: a loop of the page that waits in vain would go on for ever.
  onTestFinished(() => {
    if (shell.exitCode === null) process.kill(-shell.pid!, 'SIGKILL');
  });
  let [out, err] = ['', ''];
  shell.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  shell.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  shell.stdin.end(blocks.map((block, i) => `${block}\necho "== ${i}"\n`).join(''));
  const [code] = await once(shell, 'close');
  return { code, out: out.split(/^== \d+\n/m), err };
};

test('every command of the tour does what the page says', { timeout: 120_000 }, async () => {
  const data = join(tempDir(), 'data');
  const server = await ServerProcess.start(data, { sample: true });
  const { code, out, err } = await follow(server.url, data);
  expect(code, err + out.join('')).toBe(0);
  const [
    ,
    find,
    ,
    wrong,
    complaint,
    history,
    inbox,
    disclosed,
    repeats,
    quarantine,
    listening,
    ,
    erasure,
    replay,
    drafted,
    imported,
    synonym,
    health,
  ] = out.map((text) => text.trim().split('\n'));
  expect(find!.join()).toContain('粗大ごみ');
  expect(wrong).toContain('colour is not a field of this request');
  expect(wrong!.length).toBeGreaterThan(6);
  expect(complaint).toEqual(['out_of_scope_answered']);
  expect(history!.at(-1)).toBe('answered');
  expect(inbox![0]).toMatch(/\d+ departments are overdue/);
  expect(disclosed).toEqual(['想定 けんじ', 'other_department', expect.stringMatching(/^\d+$/)]);
  expect(repeats).toEqual(['0', '0', '422', '1']);
  expect(quarantine![0]).toBe('not-announced not-announced not-announced');
  expect(listening).toEqual(['audio/wav 48044 bytes', 'role_not_entitled']);
  expect(erasure!.slice(0, 1)).toEqual(['見本 太郎']);
  expect(erasure!.slice(-3)).toEqual([
    'the contact details were erased',
    'ContactCollected: erased',
    'ContactErasureBegun: erased',
  ]);
  expect(replay!.slice(0, 2)).toEqual(['op-0005 InquiryRecorded', 'op-0005 CallbackRequested']);
  expect(replay!.at(-1)).toBe('0');
  expect(drafted).toEqual([expect.stringMatching(/^\d+$/), 'role_not_entitled', expect.stringMatching(/^\d+$/)]);
  expect(imported).toEqual([
    '182 unchanged',
    'row.3.answer missing_field',
    'row.3.category invalid_field',
    'row.4.department unknown_department',
  ]);
  expect(synonym).toEqual([expect.stringMatching(/^\d+$/)]);
  expect(health).toContain('faq-articles live');
});
