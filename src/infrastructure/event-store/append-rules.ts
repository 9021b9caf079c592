import type { AppendError, NewEvent, StreamName } from '../../application/ports/event-store.js';

const MAX_EVENT_BYTES = 1_048_576;
const streamShape = /^[a-z]+-[a-z0-9-]{1,200}$/;
const idShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const typeShape = /^[A-Z][A-Za-z0-9]{0,99}$/;

type Refused = Extract<AppendError, { _tag: 'refused' }>;

const refuse = (code: Refused['code'], message: string): Refused => ({ _tag: 'refused', code, message });

/** An event's content and metadata as JSON text, ready to be stored. */
export interface Serialised {
  readonly event: NewEvent;
  readonly data: string;
  readonly metadata: string;
}

/**
 * What every engine refuses before it tries: engines differ in what they would make of it. Serialises on the way, since
 * the size that counts is that of the JSON text.
 */
export const checkedAppend = (
  stream: StreamName,
  events: ReadonlyArray<NewEvent>,
): { readonly refused: Refused } | { readonly serialised: ReadonlyArray<Serialised> } => {
  if (!streamShape.test(stream)) return { refused: refuse('bad_stream_name', 'a stream is named <category>-<id>') };
  if (events.length === 0) return { refused: refuse('empty_append', 'there is nothing to append') };
  if (new Set(events.map(({ id }) => id)).size < events.length)
    return { refused: refuse('repeated_event_id', 'an event id stands twice in one append') };
  const serialised: Serialised[] = [];
  for (const event of events) {
    if (!idShape.test(event.id)) return { refused: refuse('bad_event', 'an event id is a lower-case UUID') };
    if (!typeShape.test(event.type)) return { refused: refuse('bad_event', 'an event type is a word in PascalCase') };
    const one = serialise(event);
    if (one === undefined) return { refused: refuse('bad_event', `${event.type} cannot be written as JSON`) };
    if (Buffer.byteLength(one.data) > MAX_EVENT_BYTES)
      return { refused: refuse('event_too_large', `${event.type} has more than ${MAX_EVENT_BYTES} bytes`) };
    serialised.push(one);
  }
  return { serialised };
};

const serialise = (event: NewEvent): Serialised | undefined => {
  try {
    const data = event.content._tag === 'plain' ? JSON.stringify(event.content.data) : event.content.box.sealed;
    const metadata = JSON.stringify(event.metadata);
    return data === undefined ? undefined : { event, data, metadata };
  } catch {
    return undefined;
  }
};
