import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readOrCreateMasterKey } from '../../src/infrastructure/keys/master-key-file.js';
import { BadMasterKey, MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { tempDir } from '../support/temp-dir.js';
import { typescriptChild } from '../support/typescript-child.js';

describe('MasterKey', () => {
  const secret = randomBytes(32);
  const key = new MasterKey(secret);

  test('unwraps what it wrapped, for the same stream and key id alone', () => {
    const dataKey = randomBytes(32);
    const wrapped = key.wrap(dataKey, 'citizen-1', 'a');
    expect(dataKey.equals(key.unwrap(wrapped, 'citizen-1', 'a'))).toBe(true);
    for (const [other, stream, keyId] of [
      [key, 'citizen-2', 'a'],
      [key, 'citizen-1', 'b'],
      [new MasterKey(randomBytes(32)), 'citizen-1', 'a'],
    ] as const)
      expect(() => other.unwrap(wrapped, stream, keyId)).toThrow(`the key of ${stream} cannot be unwrapped`);
  });

  test('wraps the same key differently each time', () => {
    const dataKey = randomBytes(32);
    expect(key.wrap(dataKey, 'citizen-1', 'a')).not.toEqual(key.wrap(dataKey, 'citizen-1', 'a'));
  });

  test('is named by a fingerprint that is the same each time and another for another key', () => {
    expect(new MasterKey(secret).fingerprint).toBe(key.fingerprint);
    expect(key.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(new MasterKey(randomBytes(32)).fingerprint).not.toBe(key.fingerprint);
  });

  test('derives a key for each use: known answers', () => {
    const known = new MasterKey(Buffer.alloc(32, 7));
    expect(known.fingerprint).toBe('37207a15083429eff7fde789618b7ed2');
    expect(known.digest('synthetic')).toBe('a0e25e70ab6db6a89993647f4a9112575df0757aaf3facc478ce7d9228002e4b');
  });

  test('shows no byte of itself when it is printed or serialised', () => {
    for (const shown of [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key)])
      for (const encoding of ['hex', 'base64'] as const) expect(shown).not.toContain(secret.toString(encoding));
    expect(JSON.parse(JSON.stringify(key))).toEqual({ fingerprint: key.fingerprint, wrapping: {}, digesting: {} });
  });

  test('has 32 bytes', () => {
    for (const bytes of [0, 16, 31, 33]) expect(() => new MasterKey(randomBytes(bytes))).toThrow(BadMasterKey);
  });
});

describe('the master key file', () => {
  const place = () => {
    const dir = tempDir();
    return { dir, file: join(dir, 'master.key'), keysFile: join(dir, 'keys.sqlite') };
  };

  test('is made at the first start, for its owner alone, and read from then on', () => {
    const { dir, file, keysFile } = place();
    const made = readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'latin1')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect(readdirSync(dir)).toEqual(['master.key']);
    writeFileSync(keysFile, '');
    expect(readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined).fingerprint).toBe(made.fingerprint);
  });

  test('is made once when several processes start for the first time at once', async () => {
    const dirs = Array.from({ length: 50 }, tempDir);
    const starts = Array.from({ length: 3 }, () =>
      text(typescriptChild(new URL('./first-starts.ts', import.meta.url), dirs).stdout),
    );
    const [one, ...others] = await Promise.all(starts);
    expect(new Set(one!.trim().split('\n')).size).toBe(dirs.length);
    for (const other of others) expect(other).toBe(one);
    for (const dir of dirs) expect(readdirSync(dir)).toEqual(['master.key']);
  });

  test('is never made anew over existing keys', () => {
    const { dir, file, keysFile } = place();
    writeFileSync(keysFile, '');
    expect(() => readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined)).toThrow(BadMasterKey);
    expect(() => readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined)).toThrow(
      'put back the file from its backup',
    );
    expect(readdirSync(dir)).toEqual(['keys.sqlite']);
  });

  test('is refused when others can read or write it', () => {
    const { file, keysFile } = place();
    readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined);
    for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610]) {
      chmodSync(file, mode);
      expect(() => readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined)).toThrow(
        'set its mode to 0600',
      );
    }
    chmodSync(file, 0o400);
    readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined);
  });

  test('is refused when it does not hold 32 bytes in base64, without repeating what it holds', () => {
    const { file, keysFile } = place();
    const damaged = [
      '',
      'not a key',
      randomBytes(31).toString('base64'),
      randomBytes(33).toString('base64'),
      randomBytes(32).toString('hex'),
      `${randomBytes(32).toString('base64')}\n${randomBytes(32).toString('base64')}`,
    ];
    for (const content of damaged) {
      writeFileSync(file, content, { mode: 0o600 });
      expect(() => readOrCreateMasterKey(file, existsSync(keysFile) ? keysFile : undefined)).toThrow(
        new BadMasterKey(`the master key ${file} does not hold 32 bytes in base64`),
      );
    }
  });
});
