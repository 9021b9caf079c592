import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { categoryOf, type Reader, type StreamName } from '../../../application/ports/event-store.js';
import {
  KeyVault,
  KeysUnavailable,
  UnknownKey,
  type Erasure,
  type KeyLookup,
} from '../../../application/ports/key-vault.js';
import type { Actor } from '../../../domain/kernel/actor.js';
import type { Instant } from '../../../domain/kernel/time.js';
import { openPool, prepareSchema, transaction } from '../../postgres/pool.js';
import { BadMasterKey, type MasterKey } from '../master-key.js';
import { KeyConflict, type ErasedStream, type TransferableVault, type WrappedKey } from '../vault-transfer.js';
import { matchSecret, secretsSchema, standingSecret } from './shared-secrets.js';
import { keysSchema } from './schema.js';
import { PartRewriter } from './part-rewriter.js';

const DATA_KEY_BYTES = 32;
const PAGE = 500;

export interface PostgresKeyVaultOptions {
  /** `postgres://...` */
  readonly url: string;
  /** `isFirst`: there are no keys yet, and no process that has another master key. */
  readonly masterKey: (isFirst: boolean) => MasterKey;
  /** Whether a stream of this category is opened for this reader. */
  readonly access: (category: string, reader: Reader) => boolean;
}

interface KeyRow {
  readonly stream: StreamName;
  readonly key_id: string;
  readonly wrapped: Buffer;
}

interface ErasureRow {
  readonly stream: StreamName;
  readonly by: string;
  readonly at: Instant;
  readonly reason: string;
}

/**
 * Data keys for several processes, wrapped by the master key that they share, with the ledger of erasures beside them.
 * No process keeps an unwrapped key: each answer asks the database, so an erasure holds everywhere at once. What is
 * erased here counts as revoked, not destroyed: dead rows are rewritten away, the log and backups are not.
 */
export class PostgresKeyVault extends KeyVault implements TransferableVault {
  private readonly rewriter: PartRewriter;

  private constructor(
    private readonly pool: Pool,
    private readonly masterKey: MasterKey,
    private readonly access: PostgresKeyVaultOptions['access'],
  ) {
    super();
    this.rewriter = new PartRewriter(pool);
  }

  /** Throws `BadMasterKey` when the keys are wrapped under another one. */
  static async open({ url, masterKey: of, access }: PostgresKeyVaultOptions): Promise<PostgresKeyVault> {
    const pool = openPool(url, 'keys');
    try {
      await prepareSchema(pool, secretsSchema);
      await prepareSchema(pool, keysSchema);
      const masterKey = of((await standingSecret(pool, 'master-key')) === undefined);
      const standing = await matchSecret(pool, 'master-key', masterKey.fingerprint);
      if (standing !== masterKey.fingerprint)
        throw new BadMasterKey(
          `the keys are wrapped under the master key ${standing}, not ${masterKey.fingerprint}: ` +
            'all processes need the same file, named in MADOGUCHI_MASTER_KEY',
        );
      const vault = new PostgresKeyVault(pool, masterKey, access);
      // Completes erasures that a crash cut off before their keys had left the files.
      await vault.rewriter.rewriteDue();
      return vault;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** Whether a secret that all processes share is the same as theirs; the first one to ask sets it. */
  async shares(name: 'token-signing-key', fingerprint: string): Promise<boolean> {
    return (await matchSecret(this.pool, name, fingerprint)) === fingerprint;
  }

  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }

  override async ping(): Promise<void> {
    await reached(this.pool.query('SELECT 1'));
  }

  override async mint(stream: StreamName): Promise<Exclude<KeyLookup, { _tag: 'withheld' }>> {
    const standing = await reached(this.lookUp(this.pool, stream));
    if (standing !== undefined) return standing;
    return reached(
      transaction(this.pool, async (client) => {
        await lockStream(client, stream);
        const now = await this.lookUp(client, stream);
        if (now !== undefined) return now;
        const keyId = randomUUID();
        const key = randomBytes(DATA_KEY_BYTES);
        const wrapped = Buffer.from(this.masterKey.wrap(key, stream, keyId));
        await client.query('INSERT INTO keys (stream, key_id, wrapped) VALUES ($1, $2, $3)', [stream, keyId, wrapped]);
        return { _tag: 'resolved', keyId, key } as const;
      }),
    );
  }

  override async find(stream: StreamName, reader: Reader): Promise<KeyLookup> {
    const found = await reached(this.lookUp(this.pool, stream));
    if (found === undefined) throw new UnknownKey(`no key was ever made for ${stream}`);
    if (found._tag === 'erased' || this.access(categoryOf(stream), reader)) return found;
    found.key.fill(0);
    return { _tag: 'withheld' };
  }

  override async erase(stream: StreamName, erasure: Erasure): Promise<Erasure> {
    const { standing, part } = await reached(
      transaction(this.pool, async (client) => {
        await lockStream(client, stream);
        const before = await erasureOf(client, stream);
        if (before !== undefined) return { standing: before, part: 'any' as const };
        return { standing: erasure, part: await revoke(client, { stream, erasure }) };
      }),
    );
    // Whoever asks again may do so because a rewrite failed.
    if (part === 'any') await reached(this.rewriter.rewriteDue());
    else if (part !== undefined) await reached(this.rewriter.rewrite(part));
    return standing;
  }

  override async digest(content: string): Promise<string> {
    return this.masterKey.digest(content);
  }

  async *erasures(): AsyncGenerator<ErasedStream> {
    for await (const row of pages<ErasureRow>(this.pool, 'SELECT stream, "by", at, reason FROM erasures'))
      yield { stream: row.stream, erasure: erasureIn(row) };
  }

  async *wrappedKeys(): AsyncGenerator<WrappedKey> {
    for await (const { stream, key_id: keyId, wrapped } of pages<KeyRow>(
      this.pool,
      'SELECT stream, key_id, wrapped FROM keys',
    ))
      yield { stream, keyId, wrapped };
  }

  async takeErasures(erased: ReadonlyArray<ErasedStream>): Promise<void> {
    for (const { stream, erasure } of erased) await this.erase(stream, erasure);
  }

  async takeKeys(keys: ReadonlyArray<WrappedKey>): Promise<void> {
    await reached(
      transaction(this.pool, async (client) => {
        for (const { stream, keyId, wrapped } of keys) {
          await lockStream(client, stream);
          const standing = await client.query<KeyRow>('SELECT key_id FROM keys WHERE stream = $1', [stream]);
          if (standing.rows[0]?.key_id === keyId) continue;
          if (standing.rows.length > 0 || (await erasureOf(client, stream)) !== undefined)
            throw new KeyConflict(stream);
          const values = [stream, keyId, Buffer.from(wrapped)];
          await client.query('INSERT INTO keys (stream, key_id, wrapped) VALUES ($1, $2, $3)', values);
        }
      }),
    );
  }

  async destroyKeys(): Promise<void> {
    await reached(
      transaction(this.pool, async (client) => {
        await client.query('INSERT INTO rewrites_due (part) SELECT DISTINCT tableoid::regclass::text FROM keys');
        await client.query('DELETE FROM keys');
      }),
    );
    await reached(this.rewriter.rewriteDue());
  }

  private async lookUp(db: Pool | PoolClient, stream: StreamName) {
    const { rows } = await db.query<KeyRow>('SELECT stream, key_id, wrapped FROM keys WHERE stream = $1', [stream]);
    const [row] = rows;
    if (row !== undefined) {
      const key = this.masterKey.unwrap(row.wrapped, stream, row.key_id);
      return { _tag: 'resolved', keyId: row.key_id, key } as const;
    }
    const erasure = await erasureOf(db, stream);
    return erasure && ({ _tag: 'erased', erasure } as const);
  }
}

/** Minting and erasing of one stream exclude each other, in whatever process: no key outlives its erasure. */
const lockStream = (client: PoolClient, stream: StreamName) =>
  client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [stream]);

/** Notes the erasure and takes the key out; answers with the part of the table that now holds a dead row. */
const revoke = async (client: PoolClient, { stream, erasure }: ErasedStream): Promise<string | undefined> => {
  const { by, at, reason } = erasure;
  const deleted = await client.query<{ part: string }>(
    'DELETE FROM keys WHERE stream = $1 RETURNING tableoid::regclass::text AS part',
    [stream],
  );
  await client.query('INSERT INTO erasures (stream, "by", at, reason) VALUES ($1, $2, $3, $4)', [
    stream,
    JSON.stringify(by),
    at,
    reason,
  ]);
  const part = deleted.rows[0]?.part;
  if (part !== undefined) await client.query('INSERT INTO rewrites_due (part) VALUES ($1)', [part]);
  return part;
};

const erasureOf = async (db: Pool | PoolClient, stream: StreamName): Promise<Erasure | undefined> => {
  const { rows } = await db.query<ErasureRow>('SELECT "by", at, reason FROM erasures WHERE stream = $1', [stream]);
  return rows[0] && erasureIn(rows[0]);
};

const erasureIn = ({ by, at, reason }: ErasureRow): Erasure => ({ by: JSON.parse(by) as Actor, at, reason });

/** All rows of a query over streams, in their order, a page at a time. */
async function* pages<R extends { readonly stream: StreamName }>(pool: Pool, select: string): AsyncGenerator<R> {
  for (let after = ''; ;) {
    const { rows } = await reached(pool.query<R>(`${select} WHERE stream > $1 ORDER BY stream LIMIT ${PAGE}`, [after]));
    yield* rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.stream;
  }
}

/** An outage is told as one: whatever the driver says, it must not look like an answer. */
const reached = async <A>(asked: Promise<A>): Promise<A> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof KeyConflict) throw error;
    throw new KeysUnavailable(`the keys cannot be reached: ${(error as Error).message}`, { cause: error });
  }
};
