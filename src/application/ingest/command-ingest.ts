import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { Type } from 'io-ts';
import { decode, invalid, type DomainErrors } from '../../domain/kernel/errors.js';
import { RecorderCode, type CallId, type RecordingId, type StaffId } from '../../domain/kernel/ids.js';
import type { ExternalRef } from '../../domain/kernel/reference.js';
import { consequentId, sourceId } from '../aggregates/ids.js';
import type { Request } from '../aggregates/request.js';
import type { Submit } from '../aggregates/submit.js';
import { AnswerCall, EndCall } from '../call/commands.js';
import { StartCall } from '../call/start-call.js';
import { AnnounceRecording, DeclineRecording, ExemptAnnouncement } from '../consent/commands.js';
import type { Failure } from '../failure.js';
import { FactRefused, RecorderIngest, type RecorderFact } from '../ports/recorder-ingest.js';
import { RegisterRecording, ReportLost } from '../recording/commands.js';
import { factCodecs, type Fact } from './facts.js';

/** Refusals that mean that the fact stands already: told twice, perhaps from two sources; the first telling stands. */
const alreadyKnown = [
  'command-id-reused',
  'call_exists',
  'numbers_captured',
  'call_answered',
  'call_ended',
  'announced',
  'consent_over',
  'recording_exists',
];

/** Turns a recorder's facts into commands whose ids derive from the facts: told twice, done once (K4). */
@Injectable()
export class CommandIngest extends RecorderIngest {
  constructor(private readonly bus: CommandBus) {
    super();
  }

  override async ingest(recorder: string, told: RecorderFact): Promise<void> {
    const { fact, code } = checked(recorder, told);
    const recording = 'recording' in fact ? fact.recording : '';
    const request: Request = {
      commandId: consequentId('fact', code, fact.type, fact.call, recording),
      actor: { subject: code as string as StaffId, role: 'recorder' },
      correlation: sourceId<CallId>('call', code, fact.call),
    };
    for (const command of commands(code, fact, request)) {
      const result: E.Either<Failure, unknown> = await this.bus.execute(command);
      if (E.isRight(result)) continue;
      if (result.left._tag === 'contended') throw new Error('others kept changing the same call; tell it again');
      const codes = reasons(result.left);
      // A recorder's clock runs ahead of ours: refusing for good would lose the call.
      if (codes.some((code) => code.startsWith('in_future'))) throw new Error('it lies in the future; tell it again');
      if (!codes.every((reason) => alreadyKnown.includes(reason) || mayFail(command, reason)))
        throw new FactRefused(codes);
    }
  }
}

const checked = (recorder: string, told: RecorderFact): { readonly fact: Fact; readonly code: RecorderCode } => {
  const code = decode(RecorderCode, recorder);
  const codec = Object.hasOwn(factCodecs, told.type) ? factCodecs[told.type] : undefined;
  const fact =
    codec === undefined
      ? E.left([invalid('unknown_fact', 'no such fact', 'type')] as DomainErrors)
      : decode(codec as Type<Fact>, told);
  if (E.isLeft(code)) throw new FactRefused(codesOf(code.left));
  if (E.isLeft(fact)) throw new FactRefused(codesOf(fact.left));
  if (namesANumber(fact.right)) throw new FactRefused(['reference_holds_number call']);
  return { fact: fact.right, code: code.right };
};

/** References are stored in the clear: one that holds a telephone number would outlive its erasure. */
const namesANumber = (fact: Fact): boolean =>
  fact.type === 'call-started' &&
  [fact.from, fact.to].some((number) => {
    const digits = number?.replaceAll(/\D/g, '') ?? '';
    return digits.length >= 6 && fact.call.replaceAll(/\D/g, '').includes(digits);
  });

const commands = (recorder: RecorderCode, fact: Fact, request: Request): ReadonlyArray<Submit<unknown>> => {
  const call = sourceId<CallId>('call', recorder, fact.call);
  const recordingOf = (ref: ExternalRef) => sourceId<RecordingId>('recording', recorder, ref);
  switch (fact.type) {
    case 'call-started': {
      const { site, line, direction, startedAt, from, to } = fact;
      const numbers = { to, ...(from !== undefined && { from }) };
      const source = { recorder, ref: fact.call };
      return [new StartCall(call, { site, line, direction, startedAt, source, numbers }, request)];
    }
    case 'call-answered':
      return [new AnswerCall(call, { answeredAt: fact.answeredAt }, request)];
    case 'call-ended':
      return [new EndCall(call, { endedAt: fact.endedAt }, request)];
    case 'announcement-played':
      return [new AnnounceRecording(call, { announcedAt: fact.at }, request)];
    case 'recording-declined':
      return [new DeclineRecording(call, { declinedAt: fact.at }, request)];
    case 'recording-stored': {
      const { startedAt, endedAt, bytes, mediaType, emergencyFlag } = fact;
      const source = { recorder, ref: fact.recording };
      const data = { call, source, startedAt, endedAt, bytes, mediaType, emergencyFlag };
      // A declared emergency exempts the call, whatever the recorder's flag says; without one this is refused.
      return [
        new ExemptAnnouncement(call, {}, request),
        new RegisterRecording(recordingOf(fact.recording), data, request),
      ];
    }
    case 'recording-lost': {
      const source = { recorder, ref: fact.recording };
      return [new ReportLost(recordingOf(fact.recording), { call, source, reason: fact.reason }, request)];
    }
  }
};

/** Most calls need no exemption, and most of those that lack one have no emergency: the recording is then quarantined. */
const mayFail = (command: Submit<unknown>, reason: string) =>
  command instanceof ExemptAnnouncement && reason === 'no_emergency';

const reasons = (failure: Failure) => (failure._tag === 'refused' ? codesOf(failure.errors) : [failure._tag]);

const codesOf = (errors: DomainErrors) =>
  errors.map(({ code, field }) => (field === undefined ? code : `${code} ${field}`));
