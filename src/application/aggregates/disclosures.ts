import { Injectable } from '@nestjs/common';
import * as E from 'fp-ts/lib/Either.js';
import type { Command, Decider } from '../../domain/kernel/decider.js';
import { forbidden, rule } from '../../domain/kernel/errors.js';
import type { DomainEvent } from '../../domain/kernel/event.js';
import { epochMs } from '../../domain/kernel/time.js';
import { refused, type Failure } from '../failure.js';
import { Clock } from '../ports/clock.js';
import type { Reader, RecordedEvent } from '../ports/event-store.js';
import { Aggregates } from './aggregates.js';
import type { Outcome } from './request.js';

/** Personal data, and the outcome of the command that recorded its disclosure. */
export interface Disclosed<A> extends Outcome {
  readonly content: A;
}

/** How long a recorded disclosure lets its actor see the data; a repeat long after must be recorded anew. */
const WINDOW_MS = 15 * 60_000;

/** Lets personal data out, after the event that records it. */
@Injectable()
export class Disclosures {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly clock: Clock,
  ) {}

  /** The sealed aggregate's state as this reader may see it; `recorded`: the event that says so. */
  async open<C extends Command, S, E extends DomainEvent>(
    decider: Decider<C, S, E>,
    id: string,
    reader: Reader,
    recorded: RecordedEvent | undefined,
  ): Promise<E.Either<Failure, S>> {
    if (recorded === undefined || this.isOver(recorded))
      return E.left(refused([rule('disclosure_over', 'this disclosure is over: ask again under a new command id')]));
    const { state, erased, withheld } = await this.aggregates.load(decider, id, reader);
    if (erased) return E.left({ _tag: 'erased' });
    if (withheld) return E.left(refused([forbidden('withheld', 'these data are not for this role and purpose')]));
    return E.right(state);
  }

  isOver({ metadata }: RecordedEvent): boolean {
    return epochMs(this.clock.now()) - epochMs(metadata.occurredAt) > WINDOW_MS;
  }
}
