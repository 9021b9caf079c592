import { oneOf, record } from '../../domain/kernel/codec.js';

/** Why somebody has personal data erased; `incomplete` is the system's own reason. */
export const EraseRequest = record('EraseRequest', { reason: oneOf('retention-due', 'citizen-request') });
