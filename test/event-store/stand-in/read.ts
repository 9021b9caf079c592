import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Call } from './call.js';
import { filterOf } from './filter.js';
import { framed } from './framing.js';
import type { Log } from './log.js';
import { nameOf, streamIdentifier, type RecordedEvent } from './recorded-event.js';
import { streamDeleted, unexpectedResult } from './statuses.js';

const { ReadReq, ReadResp } = streams;
type Options = streams.ReadReq.Options;

const isBackwards = (options: Options) => options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;

/** The events of an array from one place to another, both included, in either direction. */
function* between(events: ReadonlyArray<RecordedEvent>, first: number, last: number): Generator<RecordedEvent> {
  const step = first <= last ? 1 : -1;
  for (let place = first; place !== last + step; place += step) yield events[place]!;
}

const send = async (call: Call, events: Iterable<RecordedEvent>): Promise<void> => {
  for (const event of events) {
    if (!call.send(event.frame)) await call.drained();
    if (!call.isOpen) return;
  }
};

/** Answers a read of one stream. */
export const readStream = async (log: Log, call: Call, options: Options): Promise<void> => {
  const asked = options.getStream()!;
  const name = nameOf(asked.getStreamIdentifier());
  const count = Number(options.getCount());
  const backwards = isBackwards(options);
  const stream = log.stream(name);
  if (count === 0 || (asked.hasEnd() && !backwards)) return call.end(unexpectedResult('ReadStreamResult'));
  if (stream?.tombstone !== undefined) return call.end(streamDeleted(name));
  if (stream === undefined || stream.isMissing) {
    call.send(framed(new ReadResp().setStreamNotFound(notFound(name))));
    return call.end();
  }
  const { last } = stream;
  const from = asked.hasEnd() ? last : Number(asked.getRevision());
  const first = backwards ? Math.min(from, last) : Math.max(from, stream.first);
  const end = backwards ? Math.max(stream.first, first - count + 1) : Math.min(last, first + count - 1);
  const isEmpty = backwards ? first < end : first > end;
  if (!isEmpty) await send(call, between(stream.events, first, end));
  else if (!backwards && from !== last + 1) call.send(framed(new ReadResp().setFirstStreamPosition(String(last + 1))));
  call.send(framed(new ReadResp().setLastStreamPosition(String(last))));
  return call.end();
};

const notFound = (name: string) => new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(name));

/** Answers a read of `$all`: forwards with the event at the position, backwards without it. */
export const readAll = async (log: Log, call: Call, options: Options): Promise<void> => {
  const asked = options.getAll()!;
  const backwards = isBackwards(options);
  const position = asked.hasEnd() ? Infinity : Number(asked.getPosition()?.getCommitPosition() ?? 0);
  let left = Number(options.getCount());
  if (left === 0 || !log.isBoundary(position)) return call.end(unexpectedResult('ReadAllResult'));
  const place = log.placeOf(position);
  const [first, last] = backwards ? [place - 1, 0] : [place, log.all.length - 1];
  const isEmpty = backwards ? first < last : first > last;
  const matches = options.hasFilter() ? filterOf(options.getFilter()!).matches : () => true;
  const found = function* () {
    for (const event of between(log.all, first, last)) {
      if (!matches(event)) continue;
      yield event;
      left -= 1;
      if (left === 0) return;
    }
  };
  if (!isEmpty) await send(call, found());
  return call.end();
};
