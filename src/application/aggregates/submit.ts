import { Command as CqrsCommand, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Type } from '@nestjs/common';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Command, Decider } from '../../domain/kernel/decider.js';
import type { DomainEvent } from '../../domain/kernel/event.js';
import type { Failure } from '../failure.js';
import { Aggregates } from './aggregates.js';
import { Facts } from './facts.js';
import type { Outcome, Request } from './request.js';

/** A command on the bus: to one aggregate, with data that passed its codec. */
export abstract class Submit<D, R = Outcome> extends CqrsCommand<Either<Failure, R>> {
  constructor(
    readonly id: string,
    readonly data: D,
    readonly request: Request,
  ) {
    super();
  }
}

type Of<C extends Command, T> = Extract<C, { readonly type: T }>;

/** The handler of a command that one aggregate decides; `factsOf` looks up what it must know of the world. */
export const handles = <C extends Command, S, E extends DomainEvent, T extends C['type']>(
  submitted: Type<Submit<Of<C, T>['data']>>,
  decider: Decider<C, S, E>,
  type: T,
  factsOf: (facts: Facts, command: Submit<Of<C, T>['data']>) => Promise<Of<C, T>['facts']>,
): Type<ICommandHandler> => {
  @CommandHandler(submitted)
  class Handler implements ICommandHandler<Submit<Of<C, T>['data']>> {
    constructor(
      private readonly aggregates: Aggregates,
      private readonly facts: Facts,
    ) {}

    execute(command: Submit<Of<C, T>['data']>): Promise<Either<Failure, Outcome>> {
      const { id, data, request } = command;
      return this.aggregates.run(decider, { id, type, data, facts: () => factsOf(this.facts, command) }, request);
    }
  }
  return Handler;
};

/** For commands whose rules need nothing but the aggregate itself. */
export const noFacts = async (): Promise<unknown> => undefined;
