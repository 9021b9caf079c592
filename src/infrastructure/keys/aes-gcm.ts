import { createCipheriv, createDecipheriv, randomBytes, type CipherKey } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const cipher = 'aes-256-gcm';
const options = { authTagLength: TAG_BYTES };

/** AES-256-GCM under a fresh random nonce -> nonce (12 bytes), ciphertext, tag (16 bytes). */
export const encrypt = (key: CipherKey, plaintext: Uint8Array, additionalData: string): Buffer => {
  const nonce = randomBytes(NONCE_BYTES);
  const gcm = createCipheriv(cipher, key, nonce, options).setAAD(Buffer.from(additionalData));
  return Buffer.concat([nonce, gcm.update(plaintext), gcm.final(), gcm.getAuthTag()]);
};

/** Throws when the key, the additional data or any byte differs. */
export const decrypt = (key: CipherKey, sealed: Uint8Array, additionalData: string): Buffer => {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const gcm = createDecipheriv(cipher, key, nonce, options).setAAD(Buffer.from(additionalData));
  gcm.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = gcm.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  gcm.final();
  return plaintext;
};
