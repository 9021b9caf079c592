import type { EventId, Json, SealedBox, StreamName } from '../../../application/ports/event-store.js';
import type { KeyLookup } from '../../../application/ports/key-vault.js';
import { decrypt, encrypt } from '../../keys/aes-gcm.js';

type DataKey = Extract<KeyLookup, { _tag: 'resolved' }>;

/** Where an event's data belongs: it opens nowhere else. */
export interface Place {
  readonly stream: StreamName;
  readonly id: EventId;
  readonly type: string;
}

/** Sealed data that was changed, moved, replaced, or sealed under another key than its stream's. */
export class BrokenSeal extends Error {
  constructor({ stream, id }: Place, why: string) {
    super(`event ${id} of ${stream} cannot be opened: ${why}`);
  }
}

/** Seals an event's data under its stream's key, in its place. */
export const seal = ({ keyId, key }: DataKey, place: Place, data: Json): SealedBox => ({
  keyId,
  sealed: encrypt(key, Buffer.from(JSON.stringify(data)), additionalData(place)).toString('base64'),
});

/** Throws `BrokenSeal`, which tells nothing of the content. */
export const open = ({ keyId, key }: DataKey, place: Place, box: SealedBox): Json => {
  if (box.keyId !== keyId) throw new BrokenSeal(place, "it was sealed under another key than its stream's");
  const sealed = Buffer.from(box.sealed, 'base64');
  // The decoder passes over what is not base64: only the one spelling that `seal` wrote counts as unchanged.
  if (sealed.toString('base64') !== box.sealed) throw new BrokenSeal(place, 'it was changed');
  return JSON.parse(decryptIn(place, key, sealed)) as Json;
};

const decryptIn = (place: Place, key: Uint8Array, sealed: Uint8Array): string => {
  try {
    return decrypt(key, sealed, additionalData(place)).toString();
  } catch {
    throw new BrokenSeal(place, 'it was changed or moved');
  }
};

const additionalData = ({ stream, id, type }: Place): string => JSON.stringify([stream, id, type]);
