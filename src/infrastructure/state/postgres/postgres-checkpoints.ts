import type pg from 'pg';
import { Checkpoints } from '../../../application/ports/checkpoints.js';
import type { Position } from '../../../application/ports/event-store.js';
import type { Lease } from '../../../application/ports/leases.js';
import { whileHeld } from '../../leases/postgres/fence.js';

/** The reactions' checkpoints, for all processes, over the pool of `openPostgresState`. */
export class PostgresCheckpoints extends Checkpoints {
  constructor(private readonly pool: pg.Pool) {
    super();
  }

  override async get(reaction: string): Promise<Position | undefined> {
    const select = 'SELECT position FROM checkpoints WHERE reaction = $1';
    return (await this.pool.query<{ position: Position }>(select, [reaction])).rows[0]?.position;
  }

  override async set(reaction: string, position: Position, lease: Lease): Promise<void> {
    const upsert = `
      INSERT INTO checkpoints AS standing (reaction, position, epoch) SELECT $1, $2, epoch FROM held
      ON CONFLICT (reaction) DO UPDATE SET position = excluded.position, epoch = excluded.epoch
      WHERE standing.position < excluded.position`;
    await whileHeld(this.pool, lease, upsert, [reaction, position]);
  }

  override async drop(reaction: string, lease: Lease): Promise<void> {
    await whileHeld(this.pool, lease, 'DELETE FROM checkpoints USING held WHERE reaction = $1', [reaction]);
  }
}
