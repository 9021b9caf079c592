import type { ExternalRef } from '../../domain/kernel/reference.js';
import type { RecorderCode } from '../../domain/kernel/ids.js';

/** Port: the audio that a recorder holds. A recorder that is down or unknown throws. */
export abstract class RecorderAudio {
  /** Its bytes, as they come. */
  abstract fetch(recorder: RecorderCode, ref: ExternalRef): AsyncIterable<Uint8Array>;

  /** Deleting what is not there succeeds. */
  abstract delete(recorder: RecorderCode, ref: ExternalRef): Promise<void>;

  /** Reads after deletion: whether nothing is left of it. */
  abstract isGone(recorder: RecorderCode, ref: ExternalRef): Promise<boolean>;
}
