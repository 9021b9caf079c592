import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { Actor } from '../../domain/kernel/actor.js';
import { notFound, rule } from '../../domain/kernel/errors.js';
import type { RecordingId } from '../../domain/kernel/ids.js';
import { RecordingListened } from '../../domain/recording/events.js';
import { recording } from '../../domain/recording/recording.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Disclosures } from '../aggregates/disclosures.js';
import { refused, type Failure } from '../failure.js';
import { RecorderAudio } from '../ports/recorder-audio.js';

export interface Audio {
  readonly mediaType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The audio of one recorded listening, for the one who listens. `listening`: the id of the command that recorded it. */
export class OpenAudio extends Query<E.Either<Failure, Audio>> {
  constructor(
    readonly id: RecordingId,
    readonly listening: string,
    readonly actor: Actor,
  ) {
    super();
  }
}

/** Lets audio flow only behind the event that says who listens and for what (K6), and only for a short while. */
@QueryHandler(OpenAudio)
export class OpenAudioHandler implements IQueryHandler<OpenAudio> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly disclosures: Disclosures,
    private readonly audio: RecorderAudio,
  ) {}

  async execute({ id, listening, actor }: OpenAudio): Promise<E.Either<Failure, Audio>> {
    const { state, history } = await this.aggregates.load(recording, id);
    const listened = history.find(
      ({ type, metadata }) =>
        type === RecordingListened.type &&
        metadata.commandId === listening &&
        metadata.actor.subject === actor.subject &&
        metadata.actor.role === actor.role,
    );
    if (listened === undefined || state.status === 'absent' || state.status === 'lost')
      return E.left(refused([notFound('listening_not_found', 'nothing was recorded of this listening')]));
    if (this.disclosures.isOver(listened))
      return E.left(refused([rule('disclosure_over', 'this listening is over: record a new one')]));
    if (state.status !== 'stored')
      return E.left(refused([rule('recording_not_usable', 'the recording was quarantined or destroyed meanwhile')]));
    const { recorder, ref } = state.source;
    return E.right({ mediaType: state.mediaType, bytes: this.audio.fetch(recorder, ref) });
  }
}
