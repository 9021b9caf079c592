import type { TypeOf } from 'io-ts';
import type { AnswerCall as AnswerCallData, EndCall as EndCallData } from '../../domain/call/commands.js';
import { call } from '../../domain/call/call.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class AnswerCall extends Submit<TypeOf<typeof AnswerCallData>> {}
export class EndCall extends Submit<TypeOf<typeof EndCallData>> {}

export const callHandlers = [
  handles(AnswerCall, call, 'AnswerCall', noFacts),
  handles(EndCall, call, 'EndCall', noFacts),
];
