import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { citizen } from '../../domain/citizen/citizen.js';
import { ContactDetails } from '../../domain/citizen/events.js';
import { inquiry } from '../../domain/inquiry/inquiry.js';
import { flag, record } from '../../domain/kernel/codec.js';
import type { CitizenId, InquiryId } from '../../domain/kernel/ids.js';
import { dueAt } from '../../domain/retention/retention-policy.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Facts } from '../aggregates/facts.js';
import { createdId } from '../aggregates/ids.js';
import type { Outcome } from '../aggregates/request.js';
import { noFacts, Submit } from '../aggregates/submit.js';
import type { Failure } from '../failure.js';
import { Clock } from '../ports/clock.js';
import { OfficeCalendar } from '../ports/office-calendar.js';

/** Office hours within which a department answers; past that the callback is overdue (S6). */
const OFFICE_HOURS_TO_ANSWER = 8;

/** The citizen's own request (申出, S8) and what is needed to answer it. */
export const CallbackRequest = record('RequestCallback', { requestedByCitizen: flag, contact: ContactDetails });

export class RequestCallback extends Submit<TypeOf<typeof CallbackRequest>> {}

/**
 * A fact of two halves (S5): the contact details go into the citizen's sealed stream first, then the request into the
 * inquiry's. A repeat completes it; details whose request never came are erased (`IncompleteFacts`).
 */
@CommandHandler(RequestCallback)
export class RequestCallbackHandler implements ICommandHandler<RequestCallback> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly facts: Facts,
    private readonly calendar: OfficeCalendar,
    private readonly clock: Clock,
  ) {}

  async execute({ id, data, request: asked }: RequestCallback): Promise<E.Either<Failure, Outcome>> {
    const request = { ...asked, correlation: id };
    const citizenId = createdId<CitizenId>(request.commandId, 'citizen');
    const { requestedByCitizen, contact } = data;
    const ask = {
      id,
      type: 'RequestCallback' as const,
      data: { requestedByCitizen },
      facts: () => this.callbackFacts(id, citizenId),
    };
    const allowed = await this.aggregates.preview(inquiry, ask, request);
    if (E.isLeft(allowed)) return allowed;
    const details = { inquiry: id as InquiryId, contact };
    const collect = { id: citizenId, type: 'CollectContact' as const, data: details, facts: noFacts };
    const collected = await this.aggregates.run(citizen, collect, request);
    if (E.isLeft(collected)) return collected;
    // A repeat that comes too late: the details were erased as incomplete.
    if ((await this.aggregates.load(citizen, citizenId)).erased) return E.left({ _tag: 'erased' });
    return this.aggregates.run(inquiry, ask, request);
  }

  private async callbackFacts(inquiryId: string, citizenId: CitizenId) {
    const now = this.clock.now();
    const [{ state }, retention] = await Promise.all([
      this.aggregates.load(inquiry, inquiryId),
      this.facts.retention(),
    ]);
    return {
      citizen: citizenId,
      office: this.calendar.verdict(state.status === 'recorded' ? state.receivedAt : now),
      dueAt: this.calendar.addOfficeHours(now, OFFICE_HOURS_TO_ANSWER),
      eraseAt: dueAt(retention, 'callback-contact', now),
    };
  }
}
