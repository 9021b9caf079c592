import { Injectable } from '@nestjs/common';
import { call } from '../../domain/call/call.js';
import { NumbersErasureBegun } from '../../domain/caller/events.js';
import { citizen } from '../../domain/citizen/citizen.js';
import { ContactErasureBegun } from '../../domain/citizen/events.js';
import { inquiry } from '../../domain/inquiry/inquiry.js';
import type { ErasureReason } from '../../domain/kernel/erasure.js';
import type { CitizenId } from '../../domain/kernel/ids.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { consequentId } from '../aggregates/ids.js';
import { systemActor, type Request } from '../aggregates/request.js';
import { noFacts } from '../aggregates/submit.js';
import { Clock } from '../ports/clock.js';
import { EventStore, type RecordedEvent } from '../ports/event-store.js';
import { KeyVault, type Erasure } from '../ports/key-vault.js';
import { settled } from './settled.js';
import { Reaction } from './reaction.js';

/** Behind the fence of an erasure: destroys the key, then says so where the data are referred to (S7, K7). */
@Injectable()
export class CompleteErasures extends Reaction {
  readonly name = 'complete-erasures';
  readonly handles = [ContactErasureBegun.type, NumbersErasureBegun.type];
  readonly delayMs = 0;

  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyVault,
    private readonly aggregates: Aggregates,
    private readonly clock: Clock,
  ) {
    super();
  }

  async react(fence: RecordedEvent): Promise<void> {
    const erasure = await this.keys.erase(fence.stream, {
      by: fence.metadata.actor,
      at: this.clock.now(),
      reason: (await this.reason(fence)) ?? 'citizen-request',
    });
    const request = {
      commandId: consequentId('erased', fence.id),
      actor: systemActor,
      causation: fence.id,
      correlation: fence.metadata.correlation,
    };
    await (fence.type === ContactErasureBegun.type
      ? this.tellInquiry(fence, erasure, request)
      : this.tellCall(fence, erasure, request));
  }

  /** It lies under the key; once that is gone, the ledger beside the keys holds it. */
  private async reason(fence: RecordedEvent): Promise<string | undefined> {
    const options = { from: fence.revision - 1, limit: 1, reader: { actor: systemActor, purpose: 'erasure' } };
    for await (const { content } of this.store.readStream(fence.stream, options))
      if (content._tag === 'plain') return (content.data as { readonly reason: string }).reason;
    return undefined;
  }

  private async tellInquiry(fence: RecordedEvent, erasure: Erasure, request: Request): Promise<void> {
    const data = {
      citizen: fence.stream.slice(citizen.category.length + 1) as CitizenId,
      reason: erasure.reason as ErasureReason,
      erasedAt: erasure.at,
    };
    const id = fence.metadata.correlation;
    const told = await this.aggregates.run(
      inquiry,
      { id, type: 'RecordContactErasure', data, facts: noFacts },
      request,
    );
    // Of details that were collected alone the inquiry knows nothing.
    settled(this, fence, told, ['inquiry_not_found', 'callback_not_found', 'other_citizen']);
  }

  private async tellCall(fence: RecordedEvent, erasure: Erasure, request: Request): Promise<void> {
    const data = { reason: erasure.reason as ErasureReason, erasedAt: erasure.at };
    const id = fence.metadata.correlation;
    const told = await this.aggregates.run(call, { id, type: 'RecordNumbersErasure', data, facts: noFacts }, request);
    settled(this, fence, told, ['call_not_found']);
  }
}
