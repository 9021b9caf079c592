import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { call } from '../../domain/call/call.js';
import { StartCall as CallStart } from '../../domain/call/commands.js';
import { caller } from '../../domain/caller/caller.js';
import { CallerNumbers } from '../../domain/caller/events.js';
import { record } from '../../domain/kernel/codec.js';
import { dueAt } from '../../domain/retention/retention-policy.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Facts } from '../aggregates/facts.js';
import type { Outcome } from '../aggregates/request.js';
import { noFacts, Submit } from '../aggregates/submit.js';
import type { Failure } from '../failure.js';

/** A call with both its numbers (K2), where they are known. */
export const CallWithNumbers = record('CallWithNumbers', CallStart.required, {
  ...CallStart.optional,
  numbers: CallerNumbers,
});

export class StartCall extends Submit<TypeOf<typeof CallWithNumbers>> {}

/**
 * A fact of two halves: the numbers go into the caller's sealed stream first, then the call into its own. A repeat
 * completes it; numbers whose call never came are erased (`IncompleteFacts`).
 */
@CommandHandler(StartCall)
export class StartCallHandler implements ICommandHandler<StartCall> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly facts: Facts,
  ) {}

  async execute({ id, data: { numbers, ...data }, request }: StartCall): Promise<E.Either<Failure, Outcome>> {
    const facts = async () => ({
      eraseNumbersAt: dueAt(await this.facts.retention(), 'caller-numbers', data.startedAt),
    });
    const start = { id, type: 'StartCall' as const, data, facts };
    if (numbers !== undefined) {
      const allowed = await this.aggregates.preview(call, start, request);
      if (E.isLeft(allowed)) return allowed;
      const capture = { id, type: 'CaptureNumbers' as const, data: numbers, facts: noFacts };
      const captured = await this.aggregates.run(caller, capture, request);
      if (E.isLeft(captured)) return captured;
      // A repeat that comes too late: the numbers were erased as incomplete.
      if ((await this.aggregates.load(caller, id)).erased) return E.left({ _tag: 'erased' });
    }
    return this.aggregates.run(call, start, request);
  }
}
