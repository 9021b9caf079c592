import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { tempDir } from '../support/temp-dir.js';

/** The vault's file as any other tool opens it. */
export const rawVault = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file);
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  return db;
};

/** The wrapped keys by stream, read from a copy: the vault may have the file open. */
export const wrappedKeys = (file: string): ReadonlyMap<string, Uint8Array> => {
  const copy = join(tempDir(), 'copy.sqlite');
  for (const part of ['', '-wal']) if (existsSync(file + part)) cpSync(file + part, copy + part);
  const db = rawVault(copy);
  const rows = db.prepare('SELECT stream, wrapped FROM keys').all() as { stream: string; wrapped: Uint8Array }[];
  db.close();
  return new Map(rows.map(({ stream, wrapped }) => [stream, wrapped]));
};

/** Of these byte strings, how many stand in a file of the folder. */
export const found = (dir: string, needles: Iterable<Uint8Array>): number => {
  const files = readdirSync(dir).map((name) => readFileSync(join(dir, name)));
  return [...needles].filter((needle) => files.some((file) => file.includes(Buffer.from(needle)))).length;
};
