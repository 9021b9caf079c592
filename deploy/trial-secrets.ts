// Makes the secrets that docker-compose.yml mounts, for a trial: `npx node deploy/trial-secrets.ts`.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `node`, as whom the image runs. */
const IMAGE_USER = 1000;

/**
 * Makes the secrets in a folder that only its owner enters. Replaces nothing: throws when one is there already, since
 * what was stored under a master key is lost with it.
 */
export const makeTrialSecrets = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, mode: number, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, `${text}\n`, { flag: 'wx', mode });
    chmodSync(file, mode);
  };
  // Mounted with the owner and mode that they have here: the program takes its own only as their owner, while
  // PostgreSQL and the application each run as another user.
  const ofTheProgram = (name: string, text: string) => {
    write(name, 0o600, text);
    if (process.getuid?.() === 0) chownSync(join(folder, name), IMAGE_USER, IMAGE_USER);
  };
  const madeUp = () => randomBytes(24).toString('base64url');
  const password = (user: string): string => {
    const made = madeUp();
    write(`${user}.password`, 0o644, made);
    return made;
  };

  ofTheProgram('master.key', randomBytes(32).toString('base64'));
  password('postgres');
  const users = ['keys', 'madoguchi'].map((user) => `postgres:5432:${user}:${user}:${password(user)}`);
  ofTheProgram('pgpass', users.join('\n'));
  // Elasticsearch runs as the same user, and takes its password as strictly.
  ofTheProgram('elastic.password', madeUp());

  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const named = { alg: 'EdDSA', use: 'sig', kid: randomUUID() };
  write('token-key.jwk', 0o600, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...named }));
  write('token-keys.jwks', 0o644, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), ...named }] }));
};

if (import.meta.main) {
  const folder = join(import.meta.dirname, 'secrets');
  makeTrialSecrets(folder);
  const user = process.getuid?.();
  process.stdout.write(`made in ${folder}\n`);
  if (user !== 0 && user !== IMAGE_USER)
    process.stdout.write(
      `the image's user must own three: sudo chown ${IMAGE_USER} ${folder}/{master.key,pgpass,elastic.password}\n`,
    );
}
