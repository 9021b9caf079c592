import type { Pool } from 'pg';

/** Fingerprints of the secrets that all processes must share; the secrets themselves never come here. */
export const secretsSchema = {
  name: 'shared-secrets',
  version: 1,
  statements: 'CREATE TABLE shared_secrets (name text PRIMARY KEY, fingerprint text NOT NULL)',
};

type SecretName = 'master-key' | 'token-signing-key';

/** The fingerprint that a first process has set. */
export const standingSecret = async (pool: Pool, name: SecretName): Promise<string | undefined> => {
  const select = 'SELECT fingerprint FROM shared_secrets WHERE name = $1';
  const { rows } = await pool.query<{ fingerprint: string }>(select, [name]);
  return rows[0]?.fingerprint;
};

/** The fingerprint that stands: that of the first process to come, which may be this one. */
export const matchSecret = async (pool: Pool, name: SecretName, fingerprint: string): Promise<string> => {
  await pool.query('INSERT INTO shared_secrets VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, fingerprint]);
  return (await standingSecret(pool, name))!;
};
