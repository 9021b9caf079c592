import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { call } from '../../domain/call/call.js';
import type { DiscloseNumbers as DiscloseNumbersData } from '../../domain/call/commands.js';
import { caller } from '../../domain/caller/caller.js';
import type { CallerNumbers } from '../../domain/caller/commands.js';
import { notFound } from '../../domain/kernel/errors.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Disclosures, type Disclosed } from '../aggregates/disclosures.js';
import { noFacts, Submit } from '../aggregates/submit.js';
import { refused, type Failure } from '../failure.js';

export class DiscloseNumbers extends Submit<TypeOf<typeof DiscloseNumbersData>, Disclosed<CallerNumbers>> {}

/** Both numbers of a call for an entitled person; who saw them is on disk before they leave. */
@CommandHandler(DiscloseNumbers)
export class DiscloseNumbersHandler implements ICommandHandler<DiscloseNumbers> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly disclosures: Disclosures,
  ) {}

  async execute({ id, data, request }: DiscloseNumbers): Promise<E.Either<Failure, Disclosed<CallerNumbers>>> {
    const intent = { id, type: 'DiscloseNumbers' as const, data, facts: noFacts };
    const disclosed = await this.aggregates.run(call, intent, request);
    if (E.isLeft(disclosed)) return disclosed;
    const { history } = await this.aggregates.load(call, id);
    const recorded = history.find(({ metadata }) => metadata.commandId === request.commandId);
    const reader = { actor: request.actor, purpose: 'call-review' };
    const opened = await this.disclosures.open(caller, id, reader, recorded);
    if (E.isLeft(opened)) return opened;
    if (opened.right.status === 'absent')
      return E.left(refused([notFound('numbers_not_found', 'no numbers are kept')]));
    return E.right({ ...disclosed.right, content: opened.right.numbers });
  }
}
