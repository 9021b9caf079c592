import { pattern, record } from '../kernel/codec.js';
import { ErasureReason } from '../kernel/erasure.js';
import { defineEvent, type EventOf } from '../kernel/event.js';

export type PhoneNumber = string & { readonly PhoneNumber: unique symbol };
/** As the exchange gives it: digits, perhaps with a leading plus; hyphens allowed where a person writes it. */
export const PhoneNumber = pattern<PhoneNumber>('a telephone number', /^\+?[0-9*#][0-9*#-]{0,23}$/, {
  maxLength: 25,
  examples: ['03-0000-0001'],
});

/** Both ends of a call (発信先および発信元の電話番号, K2). A caller may withhold theirs. Sealed. */
export const CallerNumbers = record('CallerNumbers', { to: PhoneNumber }, { from: PhoneNumber });
export const NumbersCaptured = defineEvent('NumbersCaptured', CallerNumbers);
/** The fence before the key is destroyed: whoever appends at the same time meets a conflict. */
export const NumbersErasureBegun = defineEvent(
  'NumbersErasureBegun',
  record('NumbersErasureBegun', { reason: ErasureReason }),
);

export const callerEvents = [NumbersCaptured, NumbersErasureBegun] as const;
export type CallerEvent = EventOf<(typeof callerEvents)[number]>;
