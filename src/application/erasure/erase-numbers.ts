import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { caller } from '../../domain/caller/caller.js';
import type { CallId } from '../../domain/kernel/ids.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Facts } from '../aggregates/facts.js';
import type { Outcome } from '../aggregates/request.js';
import { Submit } from '../aggregates/submit.js';
import type { Failure } from '../failure.js';
import type { EraseRequest } from './erase-request.js';

/** `id`: the call whose numbers are to be erased. */
export class EraseNumbers extends Submit<TypeOf<typeof EraseRequest>> {}

/** Puts up the fence in the caller's stream; the reaction `CompleteErasures` destroys the key behind it. */
@CommandHandler(EraseNumbers)
export class EraseNumbersHandler implements ICommandHandler<EraseNumbers> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly facts: Facts,
  ) {}

  execute({ id, data, request }: EraseNumbers): Promise<Either<Failure, Outcome>> {
    const facts = async () => {
      const told = await this.facts.call(id as CallId);
      return told.status === 'known' ? { dueAt: told.eraseNumbersAt } : {};
    };
    const begin = { id, type: 'BeginNumbersErasure' as const, data, facts };
    return this.aggregates.run(caller, begin, { ...request, correlation: id });
  }
}
