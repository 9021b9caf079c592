import pg from 'pg';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { LeaseLost, type Lease } from '../../src/application/ports/leases.js';
import { PostgresLeases } from '../../src/infrastructure/leases/postgres/postgres-leases.js';
import { freshDatabase } from '../postgres/database.js';
import { withServer } from '../support/with-server.js';
import { Holder } from './holder.js';
import { leasesContract } from './leases.contract.js';
import { processAt, quick } from './processes.js';

beforeAll(() => Logger.overrideLogger(false));

/** Long enough that no pause of the machine costs a lease where a test wants none lost. */
const lasting = { ...quick, ttlMs: 20_000 };

const administrator = async (address: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: address });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
};

const rowOf = async (client: pg.Client, name: string) =>
  (
    await client.query<{ owner: string | null; epoch: number; left: number }>(
      `SELECT owner, epoch, extract(epoch FROM expires_at - clock_timestamp())::float8 * 1000 AS left
       FROM leases WHERE name = $1`,
      [name],
    )
  ).rows[0]!;

withServer('DATABASE_URL', 'leases in PostgreSQL', () => {
  leasesContract('PostgresLeases', async () => {
    const address = await freshDatabase('DATABASE_URL');
    return { join: async () => (await processAt(address, lasting)).leases };
  });

  describe('a lease in PostgreSQL', () => {
    test('is renewed for as long as it is held', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const client = await administrator(address);
      const { leases } = await processAt(address, { ...quick, ttlMs: 1_500 });
      const owner = new Holder(leases, 'reaction:a');
      const { epoch, signal } = await owner.owns();
      const expiresAt = 'SELECT expires_at::text FROM leases';
      const seen = new Set<string>();
      await expect
        .poll(async () => seen.add((await client.query(expiresAt)).rows[0].expires_at).size, { timeout: 20_000 })
        .toBeGreaterThan(5);
      expect(signal.aborted).toBe(false);
      expect(await rowOf(client, 'reaction:a')).toMatchObject({ epoch });
    });

    test('of an owner who is cut off is lost to it before another takes over, who is not disturbed by its return', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const [first, second] = [await processAt(address), await processAt(address, lasting)];
      const owner = new Holder(first.leases, 'reaction:a');
      const old = await owner.owns();
      const next = new Holder(second.leases, 'reaction:a');
      first.line.hold();
      const taken = await next.owns();
      expect(old.signal.aborted).toBe(true);
      expect(taken.epoch).toBeGreaterThan(old.epoch);
      expect(first.leases.status()).toMatchObject([{ state: 'waiting', epoch: old.epoch }]);
      await expect.poll(() => first.leases.status()[0]?.lastError).toBeDefined();
      first.line.mend();
      await expect.poll(() => first.leases.status()[0]?.lastError).toBeUndefined();
      expect(taken.signal.aborted).toBe(false);
      await next.leave();
      expect((await owner.owns(2)).epoch).toBeGreaterThan(taken.epoch);
    });

    test('that was taken behind its owner is noticed by the next renewal, and asked for again', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const client = await administrator(address);
      const { leases } = await processAt(address, { ...quick, ttlMs: 3_000 });
      const owner = new Holder(leases, 'reaction:a');
      const { signal, epoch } = await owner.owns();
      await client.query(
        `UPDATE leases SET owner = gen_random_uuid(), epoch = epoch + 1, expires_at = clock_timestamp() + interval '1 s'`,
      );
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      expect((await owner.owns(2)).epoch).toBe(epoch + 2);
    });

    test("that the work finds to be another's is lost at once, and asked for again", async () => {
      const address = await freshDatabase('DATABASE_URL');
      const { leases } = await processAt(address, lasting);
      let turns = 0;
      const refused = async (lease: Lease) => {
        if (++turns < 3) throw new LeaseLost(lease);
      };
      const holder = new Holder(leases, 'reaction:a', refused);
      await holder.ended;
      const epochs = holder.given.map(({ epoch }) => epoch);
      expect(epochs).toEqual([1, 2, 3]);
    });

    test('expires when its owner is gone, and at once when its owner leaves', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const client = await administrator(address);
      const { leases } = await processAt(address, lasting);
      const owner = new Holder(leases, 'reaction:a');
      await owner.owns();
      const { left } = await rowOf(client, 'reaction:a');
      expect(left).toBeGreaterThan(lasting.ttlMs * 0.6);
      expect(left).toBeLessThanOrEqual(lasting.ttlMs);
      await owner.leave();
      expect(await rowOf(client, 'reaction:a')).toMatchObject({ owner: null });
      expect((await rowOf(client, 'reaction:a')).left).toBeLessThanOrEqual(0);
    });

    test('survives the loss of every connection between two renewals', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const client = await administrator(address);
      const { leases } = await processAt(address, { ...quick, ttlMs: 3_000 });
      const owner = new Holder(leases, 'reaction:a');
      const { signal } = await owner.owns();
      const expiresAt = 'SELECT expires_at::text FROM leases';
      for (let round = 0; round < 3; round++) {
        await client.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
        const before = (await client.query(expiresAt)).rows[0];
        await expect.poll(async () => (await client.query(expiresAt)).rows[0], { timeout: 10_000 }).not.toEqual(before);
      }
      expect(signal.aborted).toBe(false);
      expect(owner.given).toHaveLength(1);
    });

    test('keeps nobody from leaving while the database is away', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const { leases, line } = await processAt(address);
      const [owner, waiting] = [new Holder(leases, 'reaction:a'), new Holder(leases, 'reaction:a')];
      await Promise.race([owner.owns(), waiting.owns()]);
      line.hold();
      await Promise.all([owner.leave(), waiting.leave()]);
      expect(leases.status()).toEqual([]);
    });
  });

  test('a database that is not there is said at the start', async () => {
    const address = new URL(await freshDatabase('DATABASE_URL'));
    address.port = '1';
    await expect(PostgresLeases.open(address.href)).rejects.toThrow(/ECONNREFUSED/);
  });
});
