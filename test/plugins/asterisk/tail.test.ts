import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Tail, type Cursor } from '../../../src/plugins/recorders/asterisk/tail.js';
import { tempDir } from '../../support/temp-dir.js';

const row = (n: number) => `"CHAN_START","17954202${String(n).padStart(2, '0')}.678135"`;
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));
const written = (lines: ReadonlyArray<string>) => lines.map((line) => `${line}\n`).join('');

const following = (file: string, from?: Cursor) => {
  let losses = 0;
  const tail = new Tail(file, from, () => (losses += 1));
  onTestFinished(() => tail.close());
  const all = async () => {
    const texts: Array<string> = [];
    // Twice nothing: a rotation was looked for too.
    for (let empty = 0; empty < 2;) {
      const lines = await tail.read();
      texts.push(...lines.map(({ text }) => text));
      empty = lines.length === 0 ? empty + 1 : 0;
    }
    return texts;
  };
  return { tail, all, losses: () => losses };
};

const fileOf = (dir: string) => join(dir, 'cel.csv');

test('waits for a file that is not there yet, and for the line feed of a line', async () => {
  const file = fileOf(tempDir());
  const { tail, all } = following(file);
  expect(await all()).toEqual([]);
  writeFileSync(file, `${row(0)}\n${row(1).slice(0, 12)}`);
  expect(await all()).toEqual([row(0)]);
  appendFileSync(file, `${row(1).slice(12)}\n`);
  expect(await all()).toEqual([row(1)]);
  expect(tail.position?.offset).toBe(written(rows(0, 2)).length);
});

test('reads on from the place of any line', async () => {
  const file = fileOf(tempDir());
  writeFileSync(file, written(rows(0, 5)));
  const lines = await following(file).tail.read();
  expect(await following(file, lines[3]!.at).all()).toEqual(rows(3, 5));
});

test('reads a file to its end that was renamed, and then the new one', async () => {
  const file = fileOf(tempDir());
  writeFileSync(file, written(rows(0, 2)));
  const { all, losses } = following(file);
  expect(await all()).toEqual(rows(0, 2));
  appendFileSync(file, written(rows(2, 3)));
  renameSync(file, `${file}.1`);
  writeFileSync(file, written(rows(3, 5)));
  expect(await all()).toEqual(rows(2, 5));
  expect(losses()).toBe(0);
});

test('finds its file after it was renamed twice while nobody read', async () => {
  const file = fileOf(tempDir());
  writeFileSync(file, written(rows(0, 3)));
  const [, second] = await following(file).tail.read();
  renameSync(file, `${file}.2`);
  writeFileSync(`${file}.1`, written(rows(3, 5)));
  writeFileSync(file, written(rows(5, 6)));
  const { all, losses } = following(file, second!.at);
  expect(await all()).toEqual(rows(1, 6));
  expect(losses()).toBe(0);
});

test('begins anew when the file was emptied', async () => {
  const file = fileOf(tempDir());
  writeFileSync(file, written(rows(0, 3)));
  const { all } = following(file);
  expect(await all()).toEqual(rows(0, 3));
  truncateSync(file);
  appendFileSync(file, written(rows(3, 4)));
  expect(await all()).toEqual(rows(3, 4));
});

test('says that rows are lost when the file of the place is gone, and reads what there is', async () => {
  const dir = tempDir();
  const file = fileOf(dir);
  writeFileSync(file, written(rows(0, 3)));
  const [, second] = await following(file).tail.read();
  writeFileSync(join(dir, 'other'), written(rows(5, 7)));
  rmSync(file);
  renameSync(join(dir, 'other'), file);
  const { all, losses } = following(file, second!.at);
  expect(await all()).toEqual(rows(5, 7));
  expect(losses()).toBe(1);
});

test('reads more than a chunk in order', async () => {
  const file = fileOf(tempDir());
  const many = Array.from({ length: 20_000 }, (_, i) => `${row(0)},"${i}"`);
  writeFileSync(file, written(many));
  expect(await following(file).all()).toEqual(many);
});
