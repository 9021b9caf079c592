import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import { onlyRoles, type Actor } from '../../domain/kernel/actor.js';
import { refused, type Failure } from '../failure.js';
import { EventStore, type ReadStreamOptions, type RecordedEvent, type StreamName } from '../ports/event-store.js';

/** A stream's events as stored, for an auditor; `asOf` shows it as it was. */
export class ReplayStream extends Query<E.Either<Failure, ReadonlyArray<RecordedEvent>>> {
  constructor(
    readonly stream: StreamName,
    readonly actor: Actor,
    readonly options: Pick<ReadStreamOptions, 'from' | 'limit' | 'asOf' | 'direction'>,
  ) {
    super();
  }
}

/** Personal content stays withheld from auditors; where its key was destroyed, history still replays and says so. */
@QueryHandler(ReplayStream)
export class ReplayStreamHandler implements IQueryHandler<ReplayStream> {
  constructor(private readonly store: EventStore) {}

  async execute({ stream, actor, options }: ReplayStream): Promise<E.Either<Failure, ReadonlyArray<RecordedEvent>>> {
    const [problem, ...others] = onlyRoles(actor, 'auditor', 'responsible-manager');
    if (problem !== undefined) return E.left(refused([problem, ...others]));
    const reader = { actor, purpose: 'audit' };
    return E.right(await Array.fromAsync(this.store.readStream(stream, { ...options, reader })));
  }
}
