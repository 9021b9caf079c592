import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../../sqlite/transaction.js';
import { afterMoves, type Move, type StoreIdentity } from '../store-identity.js';

const SCHEMA_VERSION = 2;

/** Acknowledged means on disk: `synchronous = FULL` syncs the log at each commit. */
const pragmas = `
  PRAGMA busy_timeout = 5000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
`;

/**
 * `moves`: the stores that events were moved from or to. `position` counts from 1 without gaps. `data` is JSON, or the
 * sealed text under the key that `key_id` names. `recorded_at` is in milliseconds since 1970.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL) STRICT;
  INSERT INTO store (id) SELECT lower(hex(randomblob(4))) WHERE NOT EXISTS (SELECT 1 FROM store);

  CREATE TABLE IF NOT EXISTS moves (
    direction TEXT NOT NULL CHECK (direction IN ('here', 'away')),
    store TEXT NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    key_id TEXT,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);

  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Makes a file ready to be written, new or not. Throws when a newer program wrote it. */
export const prepareEvents = (db: DatabaseSync): void => {
  db.exec(pragmas);
  transaction(db, () => {
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > SCHEMA_VERSION) throw new Error(`the events are of version ${version}: newer than this program`);
    db.exec(schema);
  });
};

export const storedIdentity = (db: DatabaseSync): StoreIdentity => {
  const { id } = db.prepare('SELECT id FROM store').get() as { id: string };
  const moves = db.prepare('SELECT direction, store FROM moves ORDER BY rowid').all() as unknown as Move[];
  return afterMoves(id, moves);
};
