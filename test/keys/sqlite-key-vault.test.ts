import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { streamName, type StreamName } from '../../src/application/ports/event-store.js';
import { mayOpen } from '../../src/domain/kernel/disclosure.js';
import { BadMasterKey, MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { tempDir } from '../support/temp-dir.js';
import { keyVaultContract } from './key-vault.contract.js';
import { erasure, resolved, system } from './synthetic.js';
import { found, rawVault, wrappedKeys } from './raw-vault.js';

const newMasterKey = () => new MasterKey(randomBytes(32));

const openVault = (file: string, masterKey: MasterKey): SqliteKeyVault => {
  const vault = SqliteKeyVault.open({ file, masterKey, access: mayOpen });
  onTestFinished(() => vault.close());
  return vault;
};

const citizens = (count: number): ReadonlyArray<StreamName> =>
  Array.from({ length: count }, (_, n) => streamName('citizen', randomBytes(8).toString('hex') + n));

keyVaultContract('SqliteKeyVault', async () => {
  const file = join(tempDir(), 'keys.sqlite');
  const masterKey = newMasterKey();
  return {
    open: async () => SqliteKeyVault.open({ file, masterKey, access: mayOpen }),
    close: async (vault) => (vault as SqliteKeyVault).close(),
    another: async () => openVault(join(tempDir(), 'keys.sqlite'), masterKey),
  };
});

describe('what stands in the files', () => {
  test('wrapped keys until their erasure, and no longer: neither in the file nor in its log', async () => {
    const dir = tempDir();
    const file = join(dir, 'keys.sqlite');
    const vault = openVault(file, newMasterKey());
    const streams = citizens(400);
    for (const stream of streams) await vault.mint(stream);
    const wrapped = wrappedKeys(file);
    expect(found(dir, wrapped.values())).toBe(streams.length);

    const erased = streams.filter((_, n) => n % 3 === 0);
    for (const stream of erased) {
      await vault.erase(stream, erasure);
      expect(found(dir, [wrapped.get(stream)!])).toBe(0);
    }
    expect(
      found(
        dir,
        erased.map((stream) => wrapped.get(stream)!),
      ),
    ).toBe(0);
    expect(found(dir, wrapped.values())).toBe(streams.length - erased.length);
  });

  test('no wrapped key of an erasure that a crash cut off, from the next start on', async () => {
    const dir = tempDir();
    const file = join(dir, 'keys.sqlite');
    const masterKey = newMasterKey();
    const [stream] = citizens(1) as [StreamName];
    const vault = openVault(file, masterKey);
    await vault.mint(stream);
    vault.close();
    const wrapped = wrappedKeys(file);

    const crashed = tempDir();
    const raw = rawVault(file);
    raw.exec('PRAGMA secure_delete = ON');
    raw.exec(`INSERT INTO erasures SELECT stream, '{}', 'at', 'reason' FROM keys; DELETE FROM keys`);
    for (const name of ['keys.sqlite', 'keys.sqlite-wal']) cpSync(join(dir, name), join(crashed, name));
    expect(found(crashed, wrapped.values())).toBe(1);

    expect(await openVault(join(crashed, 'keys.sqlite'), masterKey).mint(stream)).toMatchObject({ _tag: 'erased' });
    expect(found(crashed, wrapped.values())).toBe(0);
  });

  test('no data key in the clear', async () => {
    const dir = tempDir();
    const vault = openVault(join(dir, 'keys.sqlite'), newMasterKey());
    for (const stream of citizens(20)) {
      const key = Buffer.from(resolved(await vault.mint(stream)).key);
      const spellings = [key, ...(['hex', 'base64'] as const).map((encoding) => Buffer.from(key.toString(encoding)))];
      expect(found(dir, spellings)).toBe(0);
    }
  });

  test('nothing that another user of the machine can read', async () => {
    const dir = tempDir();
    const vault = openVault(join(dir, 'keys.sqlite'), newMasterKey());
    for (const stream of citizens(3)) await vault.mint(stream);
    expect(readdirSync(dir)).toContain('keys.sqlite-wal');
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  });
});

describe('what the file refuses', () => {
  test('another master key, and it stays as it was', async () => {
    const file = join(tempDir(), 'keys.sqlite');
    const masterKey = newMasterKey();
    const [stream] = citizens(1) as [StreamName];
    const vault = openVault(file, masterKey);
    const minted = await vault.mint(stream);
    vault.close();

    expect(() => openVault(file, newMasterKey())).toThrow(BadMasterKey);
    expect(await openVault(file, masterKey).find(stream, system)).toEqual(minted);
  });

  test('a second opening while it is open', () => {
    const file = join(tempDir(), 'keys.sqlite');
    const masterKey = newMasterKey();
    const vault = openVault(file, masterKey);
    expect(() => openVault(file, masterKey)).toThrow('keys.sqlite is open in another process');
    vault.close();
    openVault(file, masterKey);
  });

  test('a file that a newer program made', () => {
    const file = join(tempDir(), 'keys.sqlite');
    const masterKey = newMasterKey();
    openVault(file, masterKey).close();
    const raw = rawVault(file);
    raw.exec('PRAGMA user_version = 2');
    raw.close();
    expect(() => openVault(file, masterKey)).toThrow('newer than this program');
  });

  test('to change or forget an erasure, or to take a key for an erased stream, from any tool', async () => {
    const file = join(tempDir(), 'keys.sqlite');
    const vault = openVault(file, newMasterKey());
    const [stream] = citizens(1) as [StreamName];
    await vault.erase(stream, erasure);
    vault.close();
    const raw = rawVault(file);
    expect(() => raw.exec('DELETE FROM erasures')).toThrow('never undone');
    expect(() => raw.exec(`UPDATE erasures SET reason = 'other'`)).toThrow('never undone');
    expect(() => raw.exec(`INSERT INTO keys SELECT stream, 'id', x'00' FROM erasures`)).toThrow('was destroyed');
  });

  test('a wrapped key that was changed, or moved from another stream: an outage, not an erasure', async () => {
    const file = join(tempDir(), 'keys.sqlite');
    const masterKey = newMasterKey();
    const [one, two, three] = citizens(3) as [StreamName, StreamName, StreamName];
    const vault = openVault(file, masterKey);
    for (const stream of [one, two, three]) await vault.mint(stream);
    vault.close();
    const raw = rawVault(file);
    const { wrapped } = raw.prepare('SELECT wrapped FROM keys WHERE stream = ?').get(three) as { wrapped: Uint8Array };
    raw
      .prepare(
        'UPDATE keys SET (key_id, wrapped) = (SELECT key_id, wrapped FROM keys WHERE stream = ?) WHERE stream = ?',
      )
      .run(two, one);
    wrapped[20]! ^= 1;
    raw.prepare('UPDATE keys SET wrapped = ? WHERE stream = ?').run(wrapped, three);
    raw.close();

    const again = openVault(file, masterKey);
    for (const stream of [one, three]) {
      await expect(again.find(stream, system)).rejects.toThrow(`the key of ${stream} cannot be unwrapped`);
      await expect(again.mint(stream)).rejects.toThrow('cannot be unwrapped');
    }
    expect(await again.find(two, system)).toMatchObject({ _tag: 'resolved' });
  });
});
