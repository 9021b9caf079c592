import type { TypeOf } from 'io-ts';
import type { RecordingId } from '../../domain/kernel/ids.js';
import type {
  ConsentFact,
  DestroyRecording as DestroyRecordingData,
  FlagSensitive as FlagSensitiveData,
  ListenToRecording as ListenToRecordingData,
  RegisterRecording as RegisterRecordingData,
  ReportLost as ReportLostData,
} from '../../domain/recording/commands.js';
import { recording } from '../../domain/recording/recording.js';
import { dueAt } from '../../domain/retention/retention-policy.js';
import type { Facts } from '../aggregates/facts.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class RegisterRecording extends Submit<RegisterRecordingData> {}
export class ReportLost extends Submit<ReportLostData> {}
export class ReleaseRecording extends Submit<Readonly<Record<never, never>>> {}
export class FlagSensitive extends Submit<TypeOf<typeof FlagSensitiveData>> {}
export class ClearSensitiveFlag extends Submit<unknown> {}
export class ListenToRecording extends Submit<TypeOf<typeof ListenToRecordingData>> {}
export class DestroyRecording extends Submit<TypeOf<typeof DestroyRecordingData>> {}

/** The consent that stands now, not the one of when the recording was told. */
const consent = async (facts: Facts, { id }: Submit<unknown>): Promise<ConsentFact> =>
  facts.objectionToRecording(id as RecordingId);

export const recordingHandlers = [
  handles(RegisterRecording, recording, 'RegisterRecording', async (facts, { data }) => {
    const [callKnown, objection, retention] = await Promise.all([
      facts.callKnown(data.call),
      facts.objection(data.call, data.startedAt),
      facts.retention(),
    ]);
    return {
      callKnown,
      retention: retention.recording.period,
      dueAt: dueAt(retention, 'recording', data.startedAt),
      ...(objection !== undefined && { objection }),
    };
  }),
  handles(ReportLost, recording, 'ReportLost', async (facts, { data }) => ({
    callKnown: await facts.callKnown(data.call),
  })),
  handles(ReleaseRecording, recording, 'ReleaseRecording', consent),
  handles(FlagSensitive, recording, 'FlagSensitive', noFacts),
  handles(ClearSensitiveFlag, recording, 'ClearSensitiveFlag', noFacts),
  handles(ListenToRecording, recording, 'ListenToRecording', consent),
  handles(DestroyRecording, recording, 'DestroyRecording', consent),
];
