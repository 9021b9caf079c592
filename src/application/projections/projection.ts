import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Actor } from '../../domain/kernel/actor.js';
import { decodeEvent, type DomainEvent, type AnyEventDefinition } from '../../domain/kernel/event.js';
import type { Instant } from '../../domain/kernel/time.js';
import type { Position, RecordedEvent, StreamName } from '../ports/event-store.js';
import type { ViewName } from '../ports/views.js';

/** A stored event as a projection sees it. `id` is what follows its stream's category: the aggregate's id. */
export interface Projected<E extends DomainEvent = DomainEvent> {
  readonly event: E;
  readonly stream: StreamName;
  readonly id: string;
  readonly revision: number;
  readonly position: Position;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: Actor;
}

/**
 * How events become the documents of a view: pure, total, the same under every engine. It is given events of shared
 * streams only, so that no document can hold personal data; a document is JSON without absent fields.
 */
export interface Projection<Doc = unknown, E extends DomainEvent = DomainEvent> {
  readonly name: ViewName;
  /** Raised whenever the documents of the same events change: every store then builds them anew. */
  readonly version: number;
  /** The events that it handles, and no others. */
  readonly events: ReadonlyArray<AnyEventDefinition>;
  /** The keys of the documents that the event may change. */
  keys(event: Projected<E>): ReadonlyArray<string>;
  /** The document after the event; `undefined`: there is none. */
  apply(document: Doc | undefined, event: Projected<E>, key: string): Doc | undefined;
}

/** The event decoded, or why it cannot be: codes and fields, no value. */
export const projected = <E extends DomainEvent>(
  definitions: ReadonlyArray<AnyEventDefinition>,
  recorded: RecordedEvent,
): E.Either<string, Projected<E>> => {
  const { content, stream, revision, position, recordedAt, metadata, type } = recorded;
  if (content._tag !== 'plain') return E.left(`its content is ${content._tag}`);
  return pipe(
    decodeEvent<E>(definitions, { type, version: metadata.schemaVersion, data: content.data }),
    E.bimap(
      (errors) => errors.map(({ code, field }) => (field === undefined ? code : `${code} at ${field}`)).join(', '),
      (event) => ({
        event,
        stream,
        id: stream.slice(stream.indexOf('-') + 1),
        revision,
        position,
        occurredAt: metadata.occurredAt,
        recordedAt,
        actor: metadata.actor,
      }),
    ),
  );
};

/** The documents after the event, by key; or why the projection cannot take it. Nothing has changed then. */
export const applied = <Doc, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  event: Projected<E>,
  keys: ReadonlyArray<string>,
  before: (key: string) => Doc | undefined,
): E.Either<string, ReadonlyArray<readonly [string, Doc | undefined]>> =>
  E.tryCatch(
    () => keys.map((key) => [key, projection.apply(before(key), event, key)] as const),
    // The message of an error may repeat a value of the event.
    (error) => `the projection threw ${error instanceof Error ? error.name : typeof error}`,
  );
