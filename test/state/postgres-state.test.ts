import pg from 'pg';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Position } from '../../src/application/ports/event-store.js';
import { LeaseLost } from '../../src/application/ports/leases.js';
import { Holder } from '../leases/holder.js';
import { processAt, quick } from '../leases/processes.js';
import { freshDatabase } from '../postgres/database.js';
import { withServer } from '../support/with-server.js';
import { checkpointsContract } from './checkpoints.contract.js';
import { owned } from './owned.js';
import { pluginStateContract } from './plugin-state.contract.js';

beforeAll(() => Logger.overrideLogger(false));

const lasting = { ...quick, ttlMs: 20_000 };
const [p1, p2] = ['a1b2c3d4-0000000000000001', 'a1b2c3d4-0000000000000002'] as [Position, Position];

const connected = async (address: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
};

const expectWriteToWait = async (client: pg.Client): Promise<void> => {
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await client.query(waiting)).rowCount, { timeout: 10_000 }).not.toBe(0);
};

withServer('DATABASE_URL', 'checkpoints and plugin state in PostgreSQL', () => {
  const place = async () => {
    const address = await freshDatabase('DATABASE_URL');
    const { leases } = await processAt(address, lasting);
    return { open: async () => ({ ...(await processAt(address, lasting)), leases }) };
  };
  checkpointsContract('PostgresCheckpoints', place);
  pluginStateContract('PostgresPluginState', place);

  describe('what is written under a lease in PostgreSQL', () => {
    test('is refused once another has taken it over, whatever the old owner believes', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const [first, second] = [await processAt(address), await processAt(address, lasting)];
      const old = await owned(first.leases, 'reaction:erase');
      await first.checkpoints.set('erase', p1, old);
      await first.state.set('honcho', 'cursor', 'old', old);
      const next = new Holder(second.leases, 'reaction:erase');
      first.freeze();
      await next.owns();
      expect(old.signal.aborted).toBe(false);
      first.wake();
      await expect(first.checkpoints.set('erase', p2, old)).rejects.toThrow(LeaseLost);
      await expect(first.checkpoints.drop('erase', old)).rejects.toThrow(LeaseLost);
      await expect(first.state.set('honcho', 'cursor', 'late', old)).rejects.toThrow(LeaseLost);
      await expect(first.state.set('honcho', 'other', 'late', old)).rejects.toThrow(LeaseLost);
      expect(await second.checkpoints.get('erase')).toBe(p1);
      expect(await second.state.get('honcho', 'cursor')).toBe('old');
      expect(await second.state.get('honcho', 'other')).toBeUndefined();
    });

    test('is refused after the lease was given back', async () => {
      const { leases, checkpoints } = await processAt(await freshDatabase('DATABASE_URL'), lasting);
      const holder = new Holder(leases, 'reaction:erase');
      const lease = await holder.owns();
      await holder.leave();
      await expect(checkpoints.set('erase', p1, lease)).rejects.toThrow(LeaseLost);
      expect(await checkpoints.get('erase')).toBeUndefined();
    });

    test('waits for a take-over that is under way, and is refused after it', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const { leases, checkpoints } = await processAt(address, lasting);
      const lease = await owned(leases, 'reaction:erase');
      await checkpoints.set('erase', p1, lease);
      const other = await connected(address);
      await other.query('BEGIN; UPDATE leases SET owner = gen_random_uuid(), epoch = epoch + 1');
      const refused = checkpoints.set('erase', p2, lease).catch((error: unknown) => error);
      await expectWriteToWait(await connected(address));
      await other.query('COMMIT');
      expect(await refused).toBeInstanceOf(LeaseLost);
      expect(await checkpoints.get('erase')).toBe(p1);
    });

    test('is written before a take-over that comes while it is written', async () => {
      const address = await freshDatabase('DATABASE_URL');
      const [first, second] = [await processAt(address), await processAt(address, lasting)];
      const old = await owned(first.leases, 'reaction:erase');
      await first.checkpoints.set('erase', p1, old);
      const [other, watching] = [await connected(address), await connected(address)];
      // Holds up the write behind the fence: it has locked the lease, and waits for the row of the checkpoint.
      await other.query('BEGIN; SELECT FROM checkpoints FOR UPDATE');
      const written = first.checkpoints.set('erase', p2, old);
      await expectWriteToWait(watching);
      const next = new Holder(second.leases, 'reaction:erase');
      const found = next.owns().then(() => second.checkpoints.get('erase'));
      first.line.hold();
      const late = `SELECT FROM leases WHERE expires_at < clock_timestamp() - interval '100 ms'`;
      await expect.poll(async () => (await watching.query(late)).rowCount, { timeout: 10_000 }).toBe(1);
      expect(next.given).toEqual([]);
      await other.query('COMMIT');
      expect(await found).toBe(p2);
      first.line.mend();
      await written;
    });
  });
});
