export const SCHEMA_VERSION = 1;

/** `held` tells which vectors of an article are here: 1 for the question's, 2 for the whole's, 3 for both. */
export const schema = `
  CREATE TABLE vectors (
    model TEXT NOT NULL, digest TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (model, digest)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE articles (
    model TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL,
    question TEXT, whole TEXT, category TEXT, department TEXT, held INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (model, id)
  ) STRICT;

  CREATE INDEX articles_lacking ON articles (model, held & 1, id) WHERE question IS NOT NULL AND held < 3;

  CREATE TABLE checkpoints (
    model TEXT NOT NULL, reaction TEXT NOT NULL, position TEXT NOT NULL,
    PRIMARY KEY (model, reaction)
  ) STRICT, WITHOUT ROWID;

  PRAGMA user_version = ${SCHEMA_VERSION};
`;
