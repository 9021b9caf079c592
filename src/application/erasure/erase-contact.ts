import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { citizen } from '../../domain/citizen/citizen.js';
import { inquiry } from '../../domain/inquiry/inquiry.js';
import { notFound } from '../../domain/kernel/errors.js';
import { Aggregates } from '../aggregates/aggregates.js';
import type { Outcome } from '../aggregates/request.js';
import { Submit } from '../aggregates/submit.js';
import { refused, type Failure } from '../failure.js';
import type { EraseRequest } from './erase-request.js';

/** `id`: the inquiry whose callback's contact details are to be erased. */
export class EraseContact extends Submit<TypeOf<typeof EraseRequest>> {}

/** Puts up the fence in the citizen's stream (S7); the reaction `CompleteErasures` destroys the key behind it. */
@CommandHandler(EraseContact)
export class EraseContactHandler implements ICommandHandler<EraseContact> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ id, data, request }: EraseContact): Promise<E.Either<Failure, Outcome>> {
    const { state } = await this.aggregates.load(inquiry, id);
    const callback = state.status === 'recorded' ? state.callback : undefined;
    if (callback === undefined)
      return E.left(refused([notFound('contact_not_found', 'no contact details are kept of this inquiry')]));
    const facts = async () => ({ dueAt: callback.eraseAt });
    const begin = { id: callback.citizen, type: 'BeginContactErasure' as const, data, facts };
    return this.aggregates.run(citizen, begin, { ...request, correlation: id });
  }
}
