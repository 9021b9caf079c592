import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { streamName, type StreamName } from '../../src/application/ports/event-store.js';
import { KeysUnavailable } from '../../src/application/ports/key-vault.js';
import { mayOpen } from '../../src/domain/kernel/disclosure.js';
import { BadMasterKey, MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { PostgresKeyVault } from '../../src/infrastructure/keys/postgres/postgres-key-vault.js';
import { freshDatabase } from '../postgres/database.js';
import { random } from '../support/random.js';
import { addressOf } from '../support/servers.js';
import { withServer } from '../support/with-server.js';
import { keyVaultContract } from './key-vault.contract.js';
import { erasure, resolved, system } from './synthetic.js';

const newMasterKey = () => new MasterKey(randomBytes(32));

const openVault = async (url: string, masterKey: MasterKey): Promise<PostgresKeyVault> => {
  const vault = await PostgresKeyVault.open({ url, masterKey: () => masterKey, access: mayOpen });
  onTestFinished(() => vault.close());
  return vault;
};

const sql = async <R extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<R[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
};

/** All that the files of the keys' parts hold: `pg_read_binary_file` is for superusers, as the tests' user is. */
const filesOf = async (url: string): Promise<Buffer> => {
  await sql(url, 'CHECKPOINT');
  const parts = await sql<{ bytes: Buffer }>(
    url,
    `SELECT pg_read_binary_file(pg_relation_filepath(inhrelid)) AS bytes
     FROM pg_inherits WHERE inhparent = 'keys'::regclass`,
  );
  return Buffer.concat(parts.map(({ bytes }) => bytes));
};

const citizens = (count: number): ReadonlyArray<StreamName> =>
  Array.from({ length: count }, () => streamName('citizen', randomBytes(8).toString('hex')));

const twoProcesses = async () => {
  const url = await freshDatabase('KEYS_URL');
  const masterKey = newMasterKey();
  return { url, a: await openVault(url, masterKey), b: await openVault(url, masterKey), masterKey };
};

withServer('KEYS_URL', 'PostgresKeyVault keeps to the contract of key vaults, and holds for several processes', () => {
  keyVaultContract('PostgresKeyVault', async () => {
    const url = await freshDatabase('KEYS_URL');
    const masterKey = newMasterKey();
    return {
      open: () => PostgresKeyVault.open({ url, masterKey: () => masterKey, access: mayOpen }),
      close: (vault) => (vault as PostgresKeyVault).close(),
      another: async () => openVault(await freshDatabase('KEYS_URL'), masterKey),
    };
  });

  describe('several processes', () => {
    test('that start at once make one set of tables', async () => {
      const url = await freshDatabase('KEYS_URL');
      const masterKey = newMasterKey();
      const vaults = await Promise.all(Array.from({ length: 4 }, () => openVault(url, masterKey)));
      const minted = await Promise.all(vaults.map((vault) => vault.mint(citizens(1)[0]!)));
      expect(minted.every(({ _tag }) => _tag === 'resolved')).toBe(true);
    });

    test('that mint the same key get one', async () => {
      const { a, b } = await twoProcesses();
      for (const stream of citizens(30)) {
        const minted = await Promise.all([a.mint(stream), b.mint(stream), a.mint(stream), b.mint(stream)]);
        for (const key of minted) expect(key).toEqual(minted[0]);
      }
    });

    test('see an erasure as soon as it is answered', async () => {
      const { a, b } = await twoProcesses();
      for (const stream of citizens(10)) {
        await a.mint(stream);
        expect(await b.find(stream, system)).toMatchObject({ _tag: 'resolved' });
        await a.erase(stream, erasure);
        expect(await b.find(stream, system)).toEqual({ _tag: 'erased', erasure });
        expect(await b.mint(stream)).toEqual({ _tag: 'erased', erasure });
      }
    });

    const seed = Date.now() % 2 ** 31;
    test(`that mint and erase at once leave no key behind an erasure (seed ${seed})`, async () => {
      const { url, a, b } = await twoProcesses();
      const chance = random(seed);
      const streams = citizens(60);
      await Promise.all(
        streams.map(async (stream) => {
          const uses = [() => a.mint(stream), () => b.mint(stream), () => b.erase(stream, erasure)];
          const order = uses.toSorted(() => chance() - 0.5);
          await Promise.all(order.map((use) => use()));
          expect(await a.find(stream, system)).toEqual({ _tag: 'erased', erasure });
        }),
      );
      expect(await sql(url, 'SELECT stream FROM keys')).toEqual([]);
    });

    test('need the same master key, and know it by its fingerprint', async () => {
      const { url, masterKey } = await twoProcesses();
      await expect(PostgresKeyVault.open({ url, masterKey: newMasterKey, access: mayOpen })).rejects.toThrow(
        BadMasterKey,
      );
      const again = await openVault(url, masterKey);
      expect(await again.shares('token-signing-key', 'one')).toBe(true);
      expect(await again.shares('token-signing-key', 'one')).toBe(true);
      expect(await again.shares('token-signing-key', 'another')).toBe(false);
    });
  });

  describe('what stands in the database', () => {
    test('holds wrapped keys until their erasure, and no longer in its files', async () => {
      const { url, a } = await twoProcesses();
      const streams = citizens(40);
      for (const stream of streams) await a.mint(stream);
      const wrapped = new Map(
        (await Array.fromAsync(a.wrappedKeys())).map((key) => [key.stream, Buffer.from(key.wrapped)]),
      );
      const before = await filesOf(url);
      for (const key of wrapped.values()) expect(before.includes(key)).toBe(true);
      const erased = streams.slice(0, 20);
      await Promise.all(erased.map((stream) => a.erase(stream, erasure)));
      const after = await filesOf(url);
      for (const stream of streams) expect(after.includes(wrapped.get(stream)!)).toBe(!erased.includes(stream));
      expect(await sql(url, 'SELECT part FROM rewrites_due')).toEqual([]);
    });

    test('tells that a key is revoked, which is less than destroyed', async () => {
      const { url, a } = await twoProcesses();
      const [stream] = citizens(1) as [StreamName];
      await a.mint(stream);
      await a.erase(stream, erasure);
      expect(await sql(url, 'SELECT key_state FROM erasures')).toEqual([{ key_state: 'revoked' }]);
    });

    test('is rewritten at the next start where a crash kept it from being rewritten', async () => {
      const { url, a, masterKey } = await twoProcesses();
      const [stream] = citizens(1) as [StreamName];
      await a.mint(stream);
      const [key] = await Array.fromAsync(a.wrappedKeys());
      // What an erasure leaves that is cut off after its commit.
      await sql(
        url,
        `WITH gone AS (DELETE FROM keys RETURNING tableoid::regclass::text AS part)
        INSERT INTO rewrites_due (part) SELECT part FROM gone`,
      );
      expect((await filesOf(url)).includes(Buffer.from(key!.wrapped))).toBe(true);
      await openVault(url, masterKey);
      expect((await filesOf(url)).includes(Buffer.from(key!.wrapped))).toBe(false);
    });

    test('is rewritten when it is asked again, where somebody else had the table', async () => {
      const { url, a, b } = await twoProcesses();
      const [stream] = citizens(1) as [StreamName];
      await a.mint(stream);
      const [key] = await Array.fromAsync(a.wrappedKeys());
      const backup = new pg.Client({ connectionString: url });
      await backup.connect();
      await backup.query('BEGIN; LOCK TABLE keys IN ACCESS SHARE MODE');
      await expect(a.erase(stream, erasure)).rejects.toBeInstanceOf(KeysUnavailable);
      // The key is gone all the same, and nobody who reads had to wait.
      expect(await b.find(stream, system)).toEqual({ _tag: 'erased', erasure });
      await backup.query('COMMIT');
      await backup.end();
      expect(await a.erase(stream, erasure)).toEqual(erasure);
      expect((await filesOf(url)).includes(Buffer.from(key!.wrapped))).toBe(false);
    });

    test('is rewritten once no transaction sees the key any more', async () => {
      const { url, a } = await twoProcesses();
      const [stream] = citizens(1) as [StreamName];
      await a.mint(stream);
      const [key] = await Array.fromAsync(a.wrappedKeys());
      const reader = new pg.Client({ connectionString: url });
      await reader.connect();
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
      const erased = a.erase(stream, erasure);
      // The erasure is committed, and its rewrite keeps the row for the reader.
      await expect.poll(() => sql(url, 'SELECT part FROM rewrites_due')).toHaveLength(1);
      await reader.query('COMMIT');
      await reader.end();
      expect(await erased).toEqual(erasure);
      expect((await filesOf(url)).includes(Buffer.from(key!.wrapped))).toBe(false);
    });

    test.each([
      ['no erasure is deleted', 'DELETE FROM erasures', /never undone/],
      ['no erasure is changed', `UPDATE erasures SET reason = 'none'`, /never undone/],
      ['no ledger is emptied', 'TRUNCATE erasures', /never undone/],
      ['no erased stream gets a key', `INSERT INTO keys SELECT stream, 'k', '' FROM erasures`, /was destroyed/],
    ])('keeps what the port promises, whoever asks: %s', async (_, statement, message) => {
      const { url, a } = await twoProcesses();
      await a.erase(citizens(1)[0]!, erasure);
      await expect(sql(url, statement)).rejects.toThrow(message);
    });
  });

  test('an outage is told as one, and the next call finds the keys again', async () => {
    const { url, a } = await twoProcesses();
    const [stream] = citizens(1) as [StreamName];
    const minted = resolved(await a.mint(stream));
    const server = addressOf('KEYS_URL');
    const name = new URL(url).pathname.slice(1);
    await sql(server, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
    await sql(server, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    for (const use of [
      () => a.find(stream, system),
      () => a.mint(stream),
      () => a.erase(stream, erasure),
      () => a.ping(),
    ])
      await expect(use()).rejects.toBeInstanceOf(KeysUnavailable);
    await sql(server, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
    expect(await a.find(stream, system)).toEqual(minted);
  });
});
