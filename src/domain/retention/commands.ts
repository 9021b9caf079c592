import type { TypeOf } from 'io-ts';
import type { Command } from '../kernel/decider.js';
import type { RetentionRule } from './events.js';

export type RetentionRule = TypeOf<typeof RetentionRule>;
export type RetentionCommand = Command<'SetRetention', RetentionRule>;
