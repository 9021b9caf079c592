import type { TypeOf } from 'io-ts';
import { record } from '../kernel/codec.js';
import type { Command } from '../kernel/decider.js';
import type { ErasureReason } from '../kernel/erasure.js';
import { LineCode, SiteCode } from '../kernel/ids.js';
import { AnalysisPurpose } from '../kernel/purpose.js';
import { Source } from '../kernel/reference.js';
import { Instant } from '../kernel/time.js';
import { Direction } from './events.js';

export const StartCall = record(
  'StartCall',
  { site: SiteCode, line: LineCode, direction: Direction, startedAt: Instant },
  { source: Source },
);
export const AnswerCall = record('AnswerCall', { answeredAt: Instant });
export const EndCall = record('EndCall', { endedAt: Instant });
export const DiscloseNumbers = record('DiscloseNumbers', { purpose: AnalysisPurpose });

export type CallCommand =
  /** `facts.eraseNumbersAt`: by the retention policy in force. */
  | Command<'StartCall', TypeOf<typeof StartCall>, { readonly eraseNumbersAt: Instant }>
  | Command<'AnswerCall', TypeOf<typeof AnswerCall>>
  | Command<'EndCall', TypeOf<typeof EndCall>>
  | Command<'DiscloseNumbers', TypeOf<typeof DiscloseNumbers>>
  | Command<'RecordNumbersErasure', { readonly reason: ErasureReason; readonly erasedAt: Instant }>;
