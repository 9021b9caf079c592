import type { RetentionRule } from '../../domain/retention/commands.js';
import { retentionPolicy } from '../../domain/retention/retention-policy.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class SetRetention extends Submit<RetentionRule> {}

export const retentionHandlers = [handles(SetRetention, retentionPolicy, 'SetRetention', noFacts)];
