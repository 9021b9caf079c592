import type { TypeOf } from 'io-ts';
import { oneOf } from './codec.js';

/** Why personal data is erased; `incomplete`: the shared half of its fact was never stored. */
export const ErasureReason = oneOf('retention-due', 'citizen-request', 'incomplete');
export type ErasureReason = TypeOf<typeof ErasureReason>;
