import type { TypeOf } from 'io-ts';
import type {
  AnnounceRecording as AnnounceRecordingData,
  DeclineRecording as DeclineRecordingData,
  WithdrawConsent as WithdrawConsentData,
} from '../../domain/consent/commands.js';
import { consent } from '../../domain/consent/consent.js';
import type { CallId } from '../../domain/kernel/ids.js';
import type { Facts } from '../aggregates/facts.js';
import { handles, Submit } from '../aggregates/submit.js';

/** A call's consent lies in the stream `consent-<call id>`. */
export class AnnounceRecording extends Submit<TypeOf<typeof AnnounceRecordingData>> {}
export class DeclineRecording extends Submit<TypeOf<typeof DeclineRecordingData>> {}
export class WithdrawConsent extends Submit<TypeOf<typeof WithdrawConsentData>> {}
export class ExemptAnnouncement extends Submit<Readonly<Record<never, never>>> {}

const call = async (facts: Facts, { id }: Submit<unknown>) => ({ callKnown: await facts.callKnown(id as CallId) });

export const consentHandlers = [
  handles(AnnounceRecording, consent, 'AnnounceRecording', call),
  handles(DeclineRecording, consent, 'DeclineRecording', call),
  handles(WithdrawConsent, consent, 'WithdrawConsent', call),
  handles(ExemptAnnouncement, consent, 'ExemptAnnouncement', async (facts, command) => {
    const emergency = await facts.emergencyOf(command.id as CallId);
    return { ...(await call(facts, command)), ...(emergency !== undefined && { emergency }) };
  }),
];
