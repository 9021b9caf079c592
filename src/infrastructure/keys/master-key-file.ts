import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { BadMasterKey, MASTER_KEY_BYTES, MasterKey } from './master-key.js';

/**
 * Reads the master key from its file (32 bytes in base64, readable by its owner alone), or makes it at the first
 * start. Never makes one while there are keys, in `keysIn`: they would be lost for good. Throws `BadMasterKey`.
 */
export const readOrCreateMasterKey = (file: string, keysIn?: string): MasterKey => {
  if (!existsSync(file)) {
    if (keysIn !== undefined)
      throw new BadMasterKey(
        `the master key ${file} is missing, but ${keysIn} holds keys wrapped under it: put back the file from its ` +
          'backup, or from another process. A new one cannot open them and is not made',
      );
    create(file);
  }
  return read(file);
};

const read = (file: string): MasterKey => {
  const text = withFile(file, 'r', (descriptor) => {
    const { mode } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0)
      throw new BadMasterKey(`others than its owner have access to the master key ${file}: set its mode to 0600`);
    return readFileSync(descriptor, 'latin1').trim();
  });
  const secret = Buffer.from(text, 'base64');
  if (secret.length !== MASTER_KEY_BYTES || secret.toString('base64') !== text)
    throw new BadMasterKey(`the master key ${file} does not hold ${MASTER_KEY_BYTES} bytes in base64`);
  const key = new MasterKey(secret);
  secret.fill(0);
  return key;
};

// A link, unlike a rename, never replaces a key that another process made meanwhile.
const create = (file: string): void => {
  const draft = `${file}.${randomUUID()}`;
  try {
    withFile(draft, 'wx', (descriptor) => {
      writeFileSync(descriptor, `${randomBytes(MASTER_KEY_BYTES).toString('base64')}\n`);
      fsyncSync(descriptor);
    });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  withFile(dirname(file), 'r', fsyncSync);
};

const withFile = <A>(path: string, flags: 'r' | 'wx', use: (descriptor: number) => A): A => {
  const descriptor = openSync(path, flags, 0o600);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
