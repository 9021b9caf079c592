import { describe, expect, onTestFinished, test } from 'vitest';
import { streamName } from '../../src/application/ports/event-store.js';
import { UnknownKey, type Erasure, type KeyVault } from '../../src/application/ports/key-vault.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { KeyConflict, type TransferableVault } from '../../src/infrastructure/keys/vault-transfer.js';
import { departmentStaff, erasure, operator, resolved, system } from './synthetic.js';

/** One place where keys are kept, opened and closed again and again. */
export interface VaultUnderTest {
  /** Opens the keys, for readers whom `mayOpen` of the domain entitles. */
  readonly open: () => Promise<Vault>;
  /** Ends the process's hold on the keys; after it every use of the vault is an outage. */
  readonly close: (vault: Vault) => Promise<void>;
  /** Another, empty place under the same master key, open until the test ends. */
  readonly another: () => Promise<Vault>;
}

export type Vault = KeyVault & TransferableVault;

const later: Erasure = { ...erasure, at: '2026-05-01T00:30:00.000Z' as Instant, reason: 'retention-due' };

const citizen = streamName('citizen', '0190a0b0-0000-7000-8000-000000000001');
const other = streamName('citizen', '0190a0b0-0000-7000-8000-000000000002');

/** What every key vault keeps to. `make` gives an empty place under a master key of its own. */
export const keyVaultContract = (name: string, make: () => Promise<VaultUnderTest>): void => {
  const opened = async () => {
    const place = await make();
    let vault = await place.open();
    onTestFinished(() => place.close(vault));
    const reopen = async () => {
      await place.close(vault);
      vault = await place.open();
      return vault;
    };
    return { vault, reopen, close: () => place.close(vault), place };
  };

  describe(`${name} keeps to the contract of key vaults`, () => {
    test('gives each stream a key of 32 bytes of its own, the same each time', async () => {
      const { vault } = await opened();
      const minted = resolved(await vault.mint(citizen));
      expect(minted.key).toHaveLength(32);
      expect(await vault.mint(citizen)).toEqual(minted);
      expect(await vault.find(citizen, system)).toEqual(minted);
      const another = resolved(await vault.mint(other));
      expect(another.keyId).not.toBe(minted.keyId);
      expect(another.key).not.toEqual(minted.key);
    });

    test('mints one key when many ask at once', async () => {
      const { vault } = await opened();
      const minted = await Promise.all(Array.from({ length: 50 }, () => vault.mint(citizen)));
      for (const key of minted) expect(key).toEqual(minted[0]);
    });

    test('gives copies: a caller who overwrites one takes nothing from the next', async () => {
      const { vault } = await opened();
      const { key } = resolved(await vault.mint(citizen));
      const before = Buffer.from(key);
      key.fill(0);
      expect(before.equals(resolved(await vault.find(citizen, system)).key)).toBe(true);
    });

    test('withholds a living key from a reader who is not entitled', async () => {
      const { vault } = await opened();
      const minted = await vault.mint(citizen);
      expect(await vault.find(citizen, departmentStaff)).toEqual(minted);
      expect(await vault.find(citizen, operator)).toEqual({ _tag: 'withheld' });
    });

    test('throws for a stream that was never given a key, whoever asks', async () => {
      const { vault } = await opened();
      await expect(vault.find(citizen, system)).rejects.toBeInstanceOf(UnknownKey);
      await expect(vault.find(citizen, operator)).rejects.toBeInstanceOf(UnknownKey);
    });

    test('says erased, by whom, when and why, to every reader after an erasure', async () => {
      const { vault } = await opened();
      await vault.mint(citizen);
      await vault.mint(other);
      expect(await vault.erase(citizen, erasure)).toEqual(erasure);
      expect(await vault.find(citizen, system)).toEqual({ _tag: 'erased', erasure });
      expect(await vault.find(citizen, operator)).toEqual({ _tag: 'erased', erasure });
      expect(await vault.find(other, system)).toMatchObject({ _tag: 'resolved' });
    });

    test('never makes a key again after an erasure', async () => {
      const { vault, reopen } = await opened();
      await vault.mint(citizen);
      await vault.erase(citizen, erasure);
      expect(await vault.mint(citizen)).toEqual({ _tag: 'erased', erasure });
      expect(await (await reopen()).mint(citizen)).toEqual({ _tag: 'erased', erasure });
    });

    test('keeps the first erasure, also when asked again and after it was opened again', async () => {
      const { vault, reopen } = await opened();
      await vault.mint(citizen);
      await vault.erase(citizen, erasure);
      expect(await vault.erase(citizen, later)).toEqual(erasure);
      const again = await reopen();
      expect(await again.find(citizen, system)).toEqual({ _tag: 'erased', erasure });
      expect(await again.erase(citizen, later)).toEqual(erasure);
    });

    test('erases a stream that has no key yet: none is made later', async () => {
      const { vault } = await opened();
      expect(await vault.erase(citizen, erasure)).toEqual(erasure);
      expect(await vault.mint(citizen)).toEqual({ _tag: 'erased', erasure });
      expect(await vault.find(citizen, system)).toEqual({ _tag: 'erased', erasure });
    });

    test('settles on one erasure when many ask at once', async () => {
      const { vault } = await opened();
      await vault.mint(citizen);
      const answers = await Promise.all([
        vault.find(citizen, system),
        vault.erase(citizen, erasure),
        vault.erase(citizen, later),
        vault.mint(citizen),
      ]);
      expect(answers[1]).toEqual(answers[2]);
      expect(await vault.mint(citizen)).toMatchObject({ _tag: 'erased', erasure: answers[1] });
    });

    test('keeps keys for the next start', async () => {
      const { vault, reopen } = await opened();
      const minted = await vault.mint(citizen);
      expect(await (await reopen()).find(citizen, system)).toEqual(minted);
    });

    test('throws in an outage: nothing looks erased, withheld or unknown', async () => {
      const { vault, reopen, close } = await opened();
      const minted = await vault.mint(citizen);
      await vault.erase(other, erasure);
      await close();
      for (const use of [
        () => vault.mint(citizen),
        () => vault.find(citizen, system),
        () => vault.find(citizen, operator),
        () => vault.find(other, system),
        () => vault.erase(citizen, erasure),
      ]) {
        const failure = await use().then(
          () => 'answered',
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(Error);
        expect(failure).not.toBeInstanceOf(UnknownKey);
      }
      expect(await (await reopen()).find(citizen, system)).toEqual(minted);
    });

    test('answers a ping, and no longer in an outage', async () => {
      const { vault, close } = await opened();
      await vault.ping();
      await close();
      await expect(vault.ping()).rejects.toBeInstanceOf(Error);
    });

    test('hands over its ledger and its wrapped keys, under which the same data keys lie', async () => {
      const { vault, place } = await opened();
      const minted = await vault.mint(citizen);
      await vault.mint(other);
      await vault.erase(other, erasure);
      const [erasures, keys] = [await Array.fromAsync(vault.erasures()), await Array.fromAsync(vault.wrappedKeys())];
      expect(erasures).toEqual([{ stream: other, erasure }]);
      expect(keys.map(({ stream }) => stream)).toEqual([citizen]);

      const target = await place.another();
      // Twice: a move that was broken off begins again.
      for (let n = 0; n < 2; n++) {
        await target.takeErasures(erasures);
        await target.takeKeys(keys);
      }
      expect(await target.find(citizen, system)).toEqual(minted);
      expect(await target.find(other, system)).toEqual({ _tag: 'erased', erasure });

      await vault.destroyKeys();
      expect(await Array.fromAsync(vault.wrappedKeys())).toEqual([]);
      expect(await Array.fromAsync(vault.erasures())).toEqual(erasures);
      await expect(vault.find(citizen, system)).rejects.toBeInstanceOf(UnknownKey);
    });

    test('takes no key over for a stream that was erased or has another one', async () => {
      const { vault, place } = await opened();
      await vault.mint(citizen);
      await vault.mint(other);
      const keys = await Array.fromAsync(vault.wrappedKeys());
      const target = await place.another();
      await target.erase(citizen, erasure);
      const minted = await target.mint(other);
      for (const key of keys) await expect(target.takeKeys([key])).rejects.toBeInstanceOf(KeyConflict);
      expect(await target.mint(citizen)).toEqual({ _tag: 'erased', erasure });
      expect(await target.find(other, system)).toEqual(minted);
    });

    test('destroys a key that stands here when the ledger that it takes over says so', async () => {
      const { vault } = await opened();
      await vault.mint(citizen);
      await vault.takeErasures([{ stream: citizen, erasure }]);
      expect(await vault.find(citizen, system)).toEqual({ _tag: 'erased', erasure });
    });

    test('digests alike across restarts, and otherwise under another master key', async () => {
      const { vault, reopen } = await opened();
      const digest = await vault.digest('synthetic command');
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(await vault.digest('synthetic command.')).not.toBe(digest);
      expect(await (await reopen()).digest('synthetic command')).toBe(digest);
      expect(await (await opened()).vault.digest('synthetic command')).not.toBe(digest);
    });
  });
};
