import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { citizen } from '../../domain/citizen/citizen.js';
import type { ContactDetails } from '../../domain/citizen/events.js';
import type { DiscloseContact as DiscloseContactData } from '../../domain/inquiry/commands.js';
import { inquiry } from '../../domain/inquiry/inquiry.js';
import { notFound } from '../../domain/kernel/errors.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Disclosures, type Disclosed } from '../aggregates/disclosures.js';
import { noFacts, Submit } from '../aggregates/submit.js';
import { refused, type Failure } from '../failure.js';

export class DiscloseContact extends Submit<TypeOf<typeof DiscloseContactData>, Disclosed<ContactDetails>> {}

/** The contact details for an entitled person; who saw them is on disk before they leave. */
@CommandHandler(DiscloseContact)
export class DiscloseContactHandler implements ICommandHandler<DiscloseContact> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly disclosures: Disclosures,
  ) {}

  async execute({ id, data, request }: DiscloseContact): Promise<E.Either<Failure, Disclosed<ContactDetails>>> {
    const intent = { id, type: 'DiscloseContact' as const, data, facts: noFacts };
    const disclosed = await this.aggregates.run(inquiry, intent, request);
    if (E.isLeft(disclosed)) return disclosed;
    const { state, history } = await this.aggregates.load(inquiry, id);
    const recorded = history.find(({ metadata }) => metadata.commandId === request.commandId);
    const callback = state.status === 'recorded' ? state.callback : undefined;
    const absent = E.left(refused([notFound('contact_not_found', 'no contact details are kept')]));
    if (callback === undefined) return absent;
    const reader = { actor: request.actor, purpose: data.purpose };
    const opened = await this.disclosures.open(citizen, callback.citizen, reader, recorded);
    if (E.isLeft(opened)) return opened;
    return opened.right.status === 'absent' ? absent : E.right({ ...disclosed.right, content: opened.right.contact });
  }
}
