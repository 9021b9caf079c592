import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { categoryOf, type Reader, type StreamName } from '../../../application/ports/event-store.js';
import { KeyVault, UnknownKey, type Erasure, type KeyLookup } from '../../../application/ports/key-vault.js';
import type { Actor } from '../../../domain/kernel/actor.js';
import type { Instant } from '../../../domain/kernel/time.js';
import { BadMasterKey, type MasterKey } from '../master-key.js';
import { transaction } from '../../sqlite/transaction.js';
import { KeyConflict, type ErasedStream, type TransferableVault, type WrappedKey } from '../vault-transfer.js';
import { schema, SCHEMA_VERSION } from './schema.js';

const DATA_KEY_BYTES = 32;
const LOCK_TIMEOUT_MS = 1_000;
const SQLITE_BUSY = 5;

export interface SqliteKeyVaultOptions {
  /** Made when absent. */
  readonly file: string;
  readonly masterKey: MasterKey;
  /** Whether a stream of this category is opened for this reader. */
  readonly access: (category: string, reader: Reader) => boolean;
}

interface KeyRow {
  readonly key_id: string;
  readonly wrapped: Uint8Array;
}

interface ErasureRow {
  readonly by: string;
  readonly at: Instant;
  readonly reason: string;
}

/**
 * Data keys in a SQLite file of their own, wrapped by the master key, with the ledger of erasures beside them.
 * Only one process has the file open at a time. No unwrapped key is kept: each answer is a copy that the caller may
 * overwrite.
 */
export class SqliteKeyVault extends KeyVault implements TransferableVault {
  private readonly selectKey: StatementSync;
  private readonly insertKey: StatementSync;
  private readonly deleteKey: StatementSync;
  private readonly selectErasure: StatementSync;
  private readonly insertErasure: StatementSync;

  private constructor(
    private readonly db: DatabaseSync,
    private readonly masterKey: MasterKey,
    private readonly access: SqliteKeyVaultOptions['access'],
  ) {
    super();
    this.selectKey = db.prepare('SELECT key_id, wrapped FROM keys WHERE stream = ?');
    this.insertKey = db.prepare('INSERT INTO keys (stream, key_id, wrapped) VALUES (?, ?, ?)');
    this.deleteKey = db.prepare('DELETE FROM keys WHERE stream = ?');
    this.selectErasure = db.prepare('SELECT "by", at, reason FROM erasures WHERE stream = ?');
    this.insertErasure = db.prepare('INSERT INTO erasures (stream, "by", at, reason) VALUES (?, ?, ?, ?)');
  }

  /** Throws `BadMasterKey` when the keys are wrapped under another one, and when another process has the file open. */
  static open({ file, masterKey, access }: SqliteKeyVaultOptions): SqliteKeyVault {
    // SQLite itself would make a file that everyone can read; its log takes over the mode.
    closeSync(openSync(file, 'a', 0o600));
    const db = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
    try {
      db.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
      `);
      transaction(db, () => prepare(db, masterKey));
      // Completes an erasure that a crash cut off before its key had left the log.
      truncateLog(db);
      return new SqliteKeyVault(db, masterKey, access);
    } catch (error) {
      db.close();
      throw isBusy(error) ? new Error(`${file} is open in another process`, { cause: error }) : error;
    }
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  override async mint(stream: StreamName): Promise<Exclude<KeyLookup, { _tag: 'withheld' }>> {
    return transaction(this.db, () => {
      const row = this.keyRow(stream);
      if (row !== undefined) return this.resolve(stream, row);
      const erasure = this.erasureOf(stream);
      if (erasure !== undefined) return { _tag: 'erased', erasure };
      const keyId = randomUUID();
      const key = randomBytes(DATA_KEY_BYTES);
      this.insertKey.run(stream, keyId, this.masterKey.wrap(key, stream, keyId));
      return { _tag: 'resolved', keyId, key };
    });
  }

  override async find(stream: StreamName, reader: Reader): Promise<KeyLookup> {
    const row = this.keyRow(stream);
    if (row !== undefined)
      return this.access(categoryOf(stream), reader) ? this.resolve(stream, row) : { _tag: 'withheld' };
    const erasure = this.erasureOf(stream);
    if (erasure === undefined) throw new UnknownKey(`no key was ever made for ${stream}`);
    return { _tag: 'erased', erasure };
  }

  override async erase(stream: StreamName, erasure: Erasure): Promise<Erasure> {
    const standing = transaction(this.db, () => this.revoke(stream, erasure));
    truncateLog(this.db);
    return standing;
  }

  override async ping(): Promise<void> {
    this.erasureOf('' as StreamName);
  }

  override async digest(content: string): Promise<string> {
    return this.masterKey.digest(content);
  }

  async *erasures(): AsyncGenerator<ErasedStream> {
    for (const row of this.db.prepare('SELECT stream, "by", at, reason FROM erasures ORDER BY stream').all()) {
      const stream = row['stream'] as StreamName;
      yield { stream, erasure: this.erasureOf(stream)! };
    }
  }

  async *wrappedKeys(): AsyncGenerator<WrappedKey> {
    for (const row of this.db.prepare('SELECT stream, key_id, wrapped FROM keys ORDER BY stream').all()) {
      const { stream, key_id: keyId, wrapped } = row as unknown as KeyRow & { stream: StreamName };
      yield { stream, keyId, wrapped };
    }
  }

  async takeErasures(erased: ReadonlyArray<ErasedStream>): Promise<void> {
    transaction(this.db, () => {
      for (const { stream, erasure } of erased) this.revoke(stream, erasure);
    });
    truncateLog(this.db);
  }

  async takeKeys(keys: ReadonlyArray<WrappedKey>): Promise<void> {
    transaction(this.db, () => {
      for (const { stream, keyId, wrapped } of keys) {
        const standing = this.keyRow(stream);
        if (standing?.key_id === keyId) continue;
        if (standing !== undefined || this.erasureOf(stream) !== undefined) throw new KeyConflict(stream);
        this.insertKey.run(stream, keyId, wrapped);
      }
    });
  }

  async destroyKeys(): Promise<void> {
    this.db.exec('DELETE FROM keys');
    truncateLog(this.db);
  }

  private keyRow(stream: StreamName): KeyRow | undefined {
    return this.selectKey.get(stream) as KeyRow | undefined;
  }

  /** Answers with the erasure that stands. */
  private revoke(stream: StreamName, erasure: Erasure): Erasure {
    const before = this.erasureOf(stream);
    if (before !== undefined) return before;
    this.deleteKey.run(stream);
    this.insertErasure.run(stream, JSON.stringify(erasure.by), erasure.at, erasure.reason);
    return erasure;
  }

  private resolve(stream: StreamName, { key_id: keyId, wrapped }: KeyRow): Extract<KeyLookup, { _tag: 'resolved' }> {
    return { _tag: 'resolved', keyId, key: this.masterKey.unwrap(wrapped, stream, keyId) };
  }

  private erasureOf(stream: StreamName): Erasure | undefined {
    const row = this.selectErasure.get(stream) as ErasureRow | undefined;
    return row && { by: JSON.parse(row.by) as Actor, at: row.at, reason: row.reason };
  }
}

const prepare = (db: DatabaseSync, { fingerprint }: MasterKey): void => {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > SCHEMA_VERSION) throw new Error(`the keys are of version ${version}: newer than this program`);
  if (version === 0) {
    db.exec(schema);
    db.prepare('INSERT INTO master_key (fingerprint) VALUES (?)').run(fingerprint);
  }
  const wrappedUnder = db.prepare('SELECT fingerprint FROM master_key').get();
  if (wrappedUnder?.fingerprint !== fingerprint)
    throw new BadMasterKey(
      `the keys are wrapped under the master key ${String(wrappedUnder?.fingerprint)}, not ${fingerprint}`,
    );
};

/** Moves the log into the file and empties it, so that neither holds a deleted key any more. */
const truncateLog = (db: DatabaseSync): void => {
  const outcome = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  if (outcome?.busy !== 0) throw new Error('deleted keys may still stand in the write-ahead log: erase again');
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
