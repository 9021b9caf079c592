/** The rows of one part are rewritten together: small enough that those who wait for it hardly notice. */
const PARTS = 64;

const parts = Array.from(
  { length: PARTS },
  (_, n) => `CREATE TABLE keys_${n} PARTITION OF keys FOR VALUES WITH (MODULUS ${PARTS}, REMAINDER ${n});`,
).join('\n');

/** What the port promises of erasures stands in the database itself: whoever opens it with another tool meets it too. */
export const keysSchema = {
  name: 'keys',
  version: 1,
  statements: `
    CREATE TABLE keys (
      stream text PRIMARY KEY,
      key_id text NOT NULL,
      wrapped bytea NOT NULL
    ) PARTITION BY HASH (stream);
    ${parts}

    -- The wrapped key is out of the table, but a backup or the log may hold it: it is revoked, and destroyed only
    -- when the master key that opens it is.
    CREATE TABLE erasures (
      stream text PRIMARY KEY,
      "by" text NOT NULL,
      at text NOT NULL,
      reason text NOT NULL,
      key_state text NOT NULL DEFAULT 'revoked' CHECK (key_state IN ('revoked', 'destroyed'))
    );

    -- Parts whose files still hold rows of revoked keys, once for each erasure.
    CREATE TABLE rewrites_due (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, part text NOT NULL);

    CREATE FUNCTION refuse_undoing() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'an erasure is never undone'; END $$;
    CREATE TRIGGER erasures_are_not_deleted BEFORE DELETE OR TRUNCATE ON erasures
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_undoing();
    CREATE TRIGGER erasures_are_not_changed BEFORE UPDATE OF stream, "by", at, reason ON erasures
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_undoing();

    CREATE FUNCTION refuse_key() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT 1 FROM erasures WHERE stream = NEW.stream) THEN
          RAISE EXCEPTION 'the key of this stream was destroyed';
        END IF;
        RETURN NEW;
      END $$;
    CREATE TRIGGER erased_streams_get_no_key BEFORE INSERT OR UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION refuse_key();
  `,
};
