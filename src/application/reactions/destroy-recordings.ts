import { Injectable } from '@nestjs/common';
import type { RecordingId } from '../../domain/kernel/ids.js';
import { DestructionRequested } from '../../domain/recording/events.js';
import { recording } from '../../domain/recording/recording.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { consequentId } from '../aggregates/ids.js';
import { systemActor } from '../aggregates/request.js';
import { noFacts } from '../aggregates/submit.js';
import { Clock } from '../ports/clock.js';
import type { RecordedEvent } from '../ports/event-store.js';
import { RecorderAudio } from '../ports/recorder-audio.js';
import { Reaction } from './reaction.js';
import { settled } from './settled.js';

/** Has the recorder delete the audio, reads after the deletion, and only then says that it is gone (K7). */
@Injectable()
export class DestroyRecordings extends Reaction {
  readonly name = 'destroy-recordings';
  readonly handles = [DestructionRequested.type];
  readonly delayMs = 0;

  constructor(
    private readonly aggregates: Aggregates,
    private readonly audio: RecorderAudio,
    private readonly clock: Clock,
  ) {
    super();
  }

  async react(event: RecordedEvent): Promise<void> {
    const id = event.stream.slice(recording.category.length + 1) as RecordingId;
    const { state } = await this.aggregates.load(recording, id);
    if (state.status !== 'being-destroyed') return;
    const { recorder, ref } = state.source;
    await this.audio.delete(recorder, ref);
    if (!(await this.audio.isGone(recorder, ref))) throw new Error(`${recorder} still holds recording ${id}`);
    const confirm = {
      id,
      type: 'ConfirmDestruction' as const,
      data: { goneAt: this.clock.now() },
      facts: noFacts,
    };
    const request = {
      commandId: consequentId('destroyed', event.id),
      actor: systemActor,
      causation: event.id,
      correlation: event.metadata.correlation,
    };
    settled(this, event, await this.aggregates.run(recording, confirm, request), ['command-id-reused']);
  }
}
