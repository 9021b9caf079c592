import canonicalize from 'canonicalize';
import * as E from 'fp-ts/lib/Either.js';
import { Injectable } from '@nestjs/common';
import type { Command, Decider } from '../../domain/kernel/decider.js';
import { decodeEvent, type DomainEvent } from '../../domain/kernel/event.js';
import { refused, type Failure } from '../failure.js';
import { Clock } from '../ports/clock.js';
import {
  EventStore,
  streamName,
  type Content,
  type EventMetadata,
  type Json,
  type NewEvent,
  type Reader,
  type RecordedEvent,
} from '../ports/event-store.js';
import { KeyVault } from '../ports/key-vault.js';
import { eventIdOf } from './ids.js';
import { systemActor, type Outcome, type Request } from './request.js';

/** An aggregate as its stream tells it. `erased`: its key was destroyed; `withheld`: not for this reader. */
export interface Loaded<S> {
  readonly state: S;
  readonly revision: number | 'none';
  readonly erased: boolean;
  readonly withheld: boolean;
  readonly history: ReadonlyArray<RecordedEvent>;
}

type DataOf<C extends Command, T> = Extract<C, { readonly type: T }>['data'];
type FactsOf<C extends Command, T> = Extract<C, { readonly type: T }>['facts'];

/** A command on its way to its aggregate; `facts` are looked up anew each time that it is decided. */
export interface Intent<C extends Command, T extends C['type']> {
  readonly id: string;
  readonly type: T;
  readonly data: DataOf<C, T>;
  readonly facts: () => Promise<FactsOf<C, T>>;
}

/** A stored event that this program cannot read: a newer version's, or damaged. */
export class UnreadableEvent extends Error {
  constructor(event: RecordedEvent, reason: string) {
    super(`event ${event.id} (${event.type}) at ${event.position} cannot be read: ${reason}`);
  }
}

// Others may change the same aggregate between load and append; each round one of them succeeds.
const ATTEMPTS = 20;

/** Loads an aggregate, decides, appends: the one way by which events come to be. */
@Injectable()
export class Aggregates {
  constructor(
    private readonly store: EventStore,
    private readonly vault: KeyVault,
    private readonly clock: Clock,
  ) {}

  async load<C extends Command, S, E extends DomainEvent>(
    decider: Decider<C, S, E>,
    id: string,
    reader: Reader = { actor: systemActor, purpose: 'fold' },
  ): Promise<Loaded<S>> {
    const history: RecordedEvent[] = [];
    let state = decider.initial;
    for await (const event of this.store.readStream(streamName(decider.category, id), { reader })) {
      history.push(event);
      if (event.content._tag === 'plain') state = decider.evolve(state, opened(decider, event, event.content.data));
    }
    const any = (tag: Content['_tag']) => history.some(({ content }) => content._tag === tag);
    const revision = history.at(-1)?.revision ?? 'none';
    return { state, revision, erased: any('erased'), withheld: any('withheld'), history };
  }

  /** Decides without storing: what `run` would refuse, it refuses. */
  async preview<C extends Command, S, E extends DomainEvent, T extends C['type']>(
    decider: Decider<C, S, E>,
    intent: Intent<C, T>,
    request: Request,
  ): Promise<E.Either<Failure, ReadonlyArray<E>>> {
    const digest = await this.digest(decider.category, intent);
    const loaded = await this.load(decider, intent.id);
    const told = repeated(loaded, request.commandId, digest);
    if (told !== undefined) return E.map(() => [])(told);
    return this.decide(decider, intent, request, loaded);
  }

  /** The command's events are on disk when this resolves; a repeat is answered as the first time and stores nothing. */
  async run<C extends Command, S, E extends DomainEvent, T extends C['type']>(
    decider: Decider<C, S, E>,
    intent: Intent<C, T>,
    request: Request,
  ): Promise<E.Either<Failure, Outcome>> {
    const stream = streamName(decider.category, intent.id);
    const digest = await this.digest(decider.category, intent);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const loaded = await this.load(decider, intent.id);
      const told = repeated(loaded, request.commandId, digest);
      if (told !== undefined) return E.map((last: RecordedEvent) => outcome(intent.id, last))(told);
      const decided = await this.decide(decider, intent, request, loaded);
      if (E.isLeft(decided)) return decided;
      const last = loaded.history.at(-1);
      if (decided.right.length === 0 && last !== undefined) return E.right(outcome(intent.id, last));
      const events = this.envelopes(decider, decided.right, request, digest);
      const appended = await this.store.append(stream, loaded.revision, events)();
      if (E.isRight(appended)) return E.right({ id: intent.id, ...appended.right });
      if (appended.left._tag === 'erased') return E.left({ _tag: 'erased' });
      if (appended.left._tag === 'refused') throw new Error(`${stream}: ${appended.left.message}`);
    }
    return E.left({ _tag: 'contended' });
  }

  private async decide<C extends Command, S, E extends DomainEvent, T extends C['type']>(
    decider: Decider<C, S, E>,
    { type, data, facts }: Intent<C, T>,
    { actor, expectedRevision }: Request,
    { state, revision, erased }: Loaded<S>,
  ): Promise<E.Either<Failure, ReadonlyArray<E>>> {
    if (erased) return E.left({ _tag: 'erased' });
    if (expectedRevision !== undefined && expectedRevision !== revision)
      return E.left({ _tag: 'precondition-failed', revision });
    const command = { type, data, actor, at: this.clock.now(), facts: await facts() } as unknown as C;
    return E.mapLeft(refused)(decider.decide(command, state));
  }

  /** HMACed: metadata is readable after erasure, so nothing personal may be guessed back from it. */
  private digest(category: string, { id, type, data }: { id: string; type: string; data: unknown }): Promise<string> {
    return this.vault.digest(canonicalize({ category, id, type, data })!);
  }

  private envelopes<C extends Command, S, E extends DomainEvent>(
    decider: Decider<C, S, E>,
    events: ReadonlyArray<E>,
    { commandId, actor, causation, correlation, traceparent }: Request,
    commandDigest: string,
  ): ReadonlyArray<NewEvent> {
    const occurredAt = this.clock.now();
    return events.map(({ type, data }, index) => {
      const metadata: EventMetadata = {
        actor,
        commandId,
        commandDigest,
        causation: causation ?? commandId,
        correlation: correlation ?? commandId,
        occurredAt,
        schemaVersion: decider.events.find((definition) => definition.type === type)!.version,
        ...(traceparent !== undefined && { traceparent }),
      };
      const content = { _tag: 'plain', data: data as Json } as const;
      return { id: eventIdOf(commandId, index, commandDigest), type, content, metadata };
    });
  }
}

const opened = <C extends Command, S, E extends DomainEvent>(
  decider: Decider<C, S, E>,
  event: RecordedEvent,
  data: Json,
): E => {
  const stored = { type: event.type, version: event.metadata.schemaVersion, data };
  const decoded = decodeEvent<E>(decider.events, stored);
  if (E.isRight(decoded)) return decoded.right;
  throw new UnreadableEvent(event, decoded.left.map(({ code, field }) => `${code} ${field ?? ''}`.trim()).join(', '));
};

/** The last event of the same command, if the stream holds it already; a failure when its content was another. */
const repeated = (
  { history }: Loaded<unknown>,
  commandId: string,
  digest: string,
): E.Either<Failure, RecordedEvent> | undefined => {
  const last = history.findLast(({ metadata }) => metadata.commandId === commandId);
  if (last === undefined) return undefined;
  return last.metadata.commandDigest === digest ? E.right(last) : E.left({ _tag: 'command-id-reused' });
};

const outcome = (id: string, { revision, position }: RecordedEvent): Outcome => ({ id, revision, position });
