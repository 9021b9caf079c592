export const SCHEMA_VERSION = 1;

/** What the port promises of erasures stands in the file itself: whoever opens it with another tool meets it too. */
export const schema = `
  CREATE TABLE master_key (fingerprint TEXT NOT NULL) STRICT;

  CREATE TABLE keys (
    stream TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    wrapped BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE erasures (
    stream TEXT PRIMARY KEY,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TRIGGER erasures_are_not_deleted BEFORE DELETE ON erasures
  BEGIN SELECT RAISE(ABORT, 'an erasure is never undone'); END;

  CREATE TRIGGER erasures_are_not_changed BEFORE UPDATE ON erasures
  BEGIN SELECT RAISE(ABORT, 'an erasure is never undone'); END;

  CREATE TRIGGER erased_streams_get_no_key BEFORE INSERT ON keys
  WHEN EXISTS (SELECT 1 FROM erasures WHERE stream = NEW.stream)
  BEGIN SELECT RAISE(ABORT, 'the key of this stream was destroyed'); END;

  PRAGMA user_version = ${SCHEMA_VERSION};
`;
