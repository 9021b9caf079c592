import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { decrypt, encrypt } from './aes-gcm.js';

export const MASTER_KEY_BYTES = 32;

/** The master key is missing, unsafe, unreadable or another one than that of the keys. */
export class BadMasterKey extends Error {}

/**
 * The key over all data keys. Each use has a key of its own derived from it (HKDF-SHA-256, RFC 5869), held as a
 * KeyObject, which prints and serialises as nothing.
 */
export class MasterKey {
  /** Names this master key without telling anything of it: hex, 16 bytes. */
  readonly fingerprint: string;
  private readonly wrapping: KeyObject;
  private readonly digesting: KeyObject;

  /** @param secret 32 random bytes; the caller may overwrite them afterwards. */
  constructor(secret: Uint8Array) {
    if (secret.length !== MASTER_KEY_BYTES) throw new BadMasterKey(`a master key has ${MASTER_KEY_BYTES} bytes`);
    const derive = (use: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', secret, '', `madoguchi ${use} v1`, bytes));
    this.fingerprint = derive('fingerprint', 16).toString('hex');
    this.wrapping = createSecretKey(derive('wrapping', 32));
    this.digesting = createSecretKey(derive('digesting', 32));
  }

  /** Encrypts a data key so that it opens only as the key of this name in this place. */
  wrap(key: Uint8Array, stream: string, keyId: string): Uint8Array {
    return encrypt(this.wrapping, key, JSON.stringify([stream, keyId]));
  }

  /** Throws when anything was changed or moved. */
  unwrap(wrapped: Uint8Array, stream: string, keyId: string): Uint8Array {
    try {
      return decrypt(this.wrapping, wrapped, JSON.stringify([stream, keyId]));
    } catch {
      throw new Error(`the key of ${stream} cannot be unwrapped: it was changed or moved`);
    }
  }

  /** HMAC-SHA-256 in hex. */
  digest(content: string): string {
    return createHmac('sha256', this.digesting).update(content).digest('hex');
  }
}
