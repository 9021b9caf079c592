import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** `key_id` stands where `data` is sealed. `recorded_at` is in milliseconds since 1970. */
export const schema = `
  CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL) STRICT;
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
`;

/** Acknowledged means on disk: the log is synced at each commit (`synchronous = FULL`). */
export const pragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  PRAGMA wal_autocheckpoint = 4000;
`;

export const storeId = (db: DatabaseSync): string => {
  const row = db.prepare('SELECT id FROM store').get();
  if (row !== undefined) return row['id'] as string;
  const id = randomBytes(4).toString('hex');
  db.prepare('INSERT INTO store (id) VALUES (?)').run(id);
  return id;
};
