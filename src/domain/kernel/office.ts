import type { TypeOf } from 'io-ts';
import { flag, oneOf, record, text } from './codec.js';

/**
 * Whether the city's offices were closed (閉庁時) at a moment, why, and by which calendar: recorded with each callback,
 * so that an auditor can tell what the decision rested on (S5). `calendar`: version of the holiday table and the hours.
 */
export const OfficeVerdict = record('OfficeVerdict', {
  closed: flag,
  reason: oneOf('open', 'night', 'weekend', 'holiday', 'year-end'),
  calendar: text(120),
});
export type OfficeVerdict = TypeOf<typeof OfficeVerdict>;
