import { Injectable } from '@nestjs/common';
import { caller } from '../../domain/caller/caller.js';
import { NumbersCaptured } from '../../domain/caller/events.js';
import { citizen } from '../../domain/citizen/citizen.js';
import { ContactCollected } from '../../domain/citizen/events.js';
import { inquiry } from '../../domain/inquiry/inquiry.js';
import type { CallId } from '../../domain/kernel/ids.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Facts } from '../aggregates/facts.js';
import { consequentId } from '../aggregates/ids.js';
import { systemActor } from '../aggregates/request.js';
import { categoryOf, type RecordedEvent } from '../ports/event-store.js';
import { Reaction } from './reaction.js';
import { settled } from './settled.js';

/** Personal data whose shared half was not stored in time: nobody could find it to use or erase it, so it goes (S5, K2). */
@Injectable()
export class IncompleteFacts extends Reaction {
  readonly name = 'incomplete-facts';
  readonly handles = [ContactCollected.type, NumbersCaptured.type];
  /** Long enough for a client to repeat a command whose answer it lost. */
  readonly delayMs = 15 * 60_000;

  constructor(
    private readonly aggregates: Aggregates,
    private readonly facts: Facts,
  ) {
    super();
  }

  async react(event: RecordedEvent): Promise<void> {
    const { stream, metadata } = event;
    const id = stream.slice(categoryOf(stream).length + 1);
    const request = {
      commandId: consequentId('incomplete', event.id),
      actor: systemActor,
      causation: event.id,
      correlation: metadata.correlation,
    };
    const data = { reason: 'incomplete' as const };
    const facts = async () => ({});
    if (event.type === ContactCollected.type) {
      if (await this.inquiryHolds(metadata.correlation, id)) return;
      const begin = { id, type: 'BeginContactErasure' as const, data, facts };
      settled(this, event, await this.aggregates.run(citizen, begin, request), ['erased']);
    } else {
      if (await this.facts.callKnown(id as CallId)) return;
      const begin = { id, type: 'BeginNumbersErasure' as const, data, facts };
      settled(this, event, await this.aggregates.run(caller, begin, request), ['erased']);
    }
  }

  private async inquiryHolds(inquiryId: string, citizenId: string): Promise<boolean> {
    const { state } = await this.aggregates.load(inquiry, inquiryId);
    return state.status === 'recorded' && state.callback?.citizen === citizenId;
  }
}
