import { oneOf, record, text } from '../kernel/codec.js';
import { defineEvent, type EventOf } from '../kernel/event.js';
import { Period } from '../kernel/time.js';
import type { TypeOf } from 'io-ts';

/** What is kept for a time of its own. */
export const RetentionCategory = oneOf('callback-contact', 'caller-numbers', 'recording');
export type RetentionCategory = TypeOf<typeof RetentionCategory>;

export const RetentionRule = record('RetentionRule', {
  category: RetentionCategory,
  period: Period,
  ground: text(200, 'The ordinance or decision that it rests on.'),
});

export const RetentionSet = defineEvent('RetentionSet', RetentionRule);

export const retentionEvents = [RetentionSet] as const;
export type RetentionEvent = EventOf<(typeof retentionEvents)[number]>;
