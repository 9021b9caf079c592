import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JSONWebKeySet, JWK } from 'jose';
import { expect, test } from 'vitest';
import { makeTrialSecrets } from '../../deploy/trial-secrets.js';
import { readOrCreateTokenKey } from '../../src/infrastructure/auth/token-keys.js';
import { issueToken, TokenVerifier } from '../../src/infrastructure/auth/tokens.js';
import { tokenKeyFile } from '../../src/infrastructure/config.js';
import { readOrCreateMasterKey } from '../../src/infrastructure/keys/master-key-file.js';
import { tempDir } from '../support/temp-dir.js';
import { applications, compose } from './compose-file.js';

const made = () => {
  const folder = join(tempDir(), 'secrets');
  makeTrialSecrets(folder);
  return { folder, read: (name: string) => readFileSync(join(folder, name), 'utf8') };
};

/** The file in the folder that is mounted as a secret. */
const fileOf = (secret: string): string => basename(compose.secrets[secret]!.file);
const { environment } = applications[0]!;

test('the secrets are those that are mounted, and the key of the trial’s issuer', () => {
  const { folder } = made();
  const mounted = Object.keys(compose.secrets).map(fileOf);
  expect(readdirSync(folder).toSorted()).toEqual([...mounted, 'token-key.jwk'].toSorted());
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('the program takes the master key, and a token that the command line issues', async () => {
  const { folder, read } = made();
  expect(() => readOrCreateMasterKey(join(folder, fileOf('master_key')))).not.toThrow();

  const keys = JSON.parse(read(fileOf('token_keys'))) as JSONWebKeySet;
  const verifier = new TokenVerifier(keys, environment['MADOGUCHI_TOKEN_ISSUER']!);
  const key: JWK = await readOrCreateTokenKey(tokenKeyFile({ data: folder }));
  const token = await issueToken(key, { subject: 'op-0001', role: 'operator', hours: 1 });
  if (token._tag === 'Left') throw new Error(JSON.stringify(token.left));
  expect(await verifier.actor(token.right)).toEqual({ subject: 'op-0001', role: 'operator' });
  expect(keys.keys.map((each) => each.d)).toEqual([undefined]);
});

test('PostgreSQL’s client finds the password of each user in the file that it takes from its owner alone', () => {
  const { folder, read } = made();
  const lines = ['KEYS_URL', 'DATABASE_URL'].map((name) => {
    const { hostname, port, pathname, username } = new URL(environment[name]!);
    return [hostname, port, pathname.slice(1), username, read(fileOf(`${username}_password`)).trim()].join(':');
  });
  expect(read(fileOf('pgpass')).trim().split('\n')).toEqual(lines);
  expect(statSync(join(folder, fileOf('pgpass'))).mode & 0o777).toBe(0o600);
});

test('what is there is not replaced', () => {
  const { folder, read } = made();
  const before = readdirSync(folder).map(read);
  expect(() => makeTrialSecrets(folder)).toThrow(/EEXIST/);
  expect(readdirSync(folder).map(read)).toEqual(before);
});
