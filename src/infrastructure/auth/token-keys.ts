import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** Signs and checks the development issuer's tokens: an Ed25519 key pair as a JWK in a file that only its owner reads. */
export const readOrCreateTokenKey = async (file: string): Promise<JWK> => {
  if (!existsSync(file)) await create(file);
  return JSON.parse(readFileSync(file, 'utf8')) as JWK;
};

const create = async (file: string): Promise<void> => {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: 'EdDSA', use: 'sig', kid: randomUUID() };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  const handle = openSync(draft, 'wx', 0o600);
  writeSync(handle, JSON.stringify(jwk));
  fsyncSync(handle);
  closeSync(handle);
  try {
    // Linking fails where another start was faster: its key stands.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
};

/** What others may know of a key pair. */
export const publicPart = ({ kty, crv, x, alg, use, kid }: JWK): JWK => ({ kty, crv, x, alg, use, kid }) as JWK;
