import * as E from 'fp-ts/lib/Either.js';
import type { AppendError, NewEvent, RefusalCode, StreamName } from '../../application/ports/event-store.js';

/** Of an event, and of all events of one append: what every server takes. */
const MAX_DATA_BYTES = 1_048_576;
const MAX_STREAM_NAME_LENGTH = 200;
const streamShape = /^[a-z]+-[a-z0-9-]+$/;
const idShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const typeShape = /^[A-Z][A-Za-z0-9]{0,99}$/;

/** An event with its content and its metadata as JSON text, ready to be stored. */
export interface SerialisedEvent {
  readonly event: NewEvent;
  /** The sealed text where the content is sealed. */
  readonly data: string;
  readonly metadata: string;
}

/**
 * What every engine refuses before it tries, since engines differ in what they would make of it. The size that counts
 * is that of the serialised data, so the events come back serialised.
 */
export const checkedAppend = (
  stream: StreamName,
  events: ReadonlyArray<NewEvent>,
): E.Either<AppendError, ReadonlyArray<SerialisedEvent>> => {
  if (stream.length > MAX_STREAM_NAME_LENGTH || !streamShape.test(stream))
    return refused(
      'bad_stream_name',
      `a stream is named <category>-<id>, ${MAX_STREAM_NAME_LENGTH} characters at most`,
    );
  if (events.length === 0) return refused('empty_append', 'there is nothing to append');
  if (new Set(events.map(({ id }) => id)).size < events.length)
    return refused('repeated_event_id', 'an event id stands twice in one append');
  const serialised: SerialisedEvent[] = [];
  let total = 0;
  for (const event of events) {
    if (!idShape.test(event.id)) return refused('bad_event', 'an event id is a lower-case UUID');
    if (!typeShape.test(event.type)) return refused('bad_event', 'an event type is a word in PascalCase');
    const one = serialise(event);
    if (one === undefined) return refused('bad_event', `${event.type} cannot be written as JSON`);
    const bytes = Buffer.byteLength(one.data);
    if (bytes > MAX_DATA_BYTES)
      return refused('event_too_large', `${event.type} has more than ${MAX_DATA_BYTES} bytes`);
    total += bytes;
    serialised.push(one);
  }
  if (total > MAX_DATA_BYTES)
    return refused('append_too_large', `the events have more than ${MAX_DATA_BYTES} bytes together`);
  return E.right(serialised);
};

const refused = (code: RefusalCode, message: string): E.Either<AppendError, never> =>
  E.left({ _tag: 'refused', code, message });

const serialise = (event: NewEvent): SerialisedEvent | undefined => {
  try {
    const data = event.content._tag === 'plain' ? JSON.stringify(event.content.data) : event.content.box.sealed;
    const metadata = JSON.stringify(event.metadata);
    return data === undefined ? undefined : { event, data, metadata };
  } catch {
    return undefined;
  }
};
