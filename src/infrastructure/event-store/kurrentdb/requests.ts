import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Filter } from '../../../application/ports/event-store.js';
import type { LogPosition } from './position.js';

const { Options } = streams.ReadReq;
const FORWARDS = Options.ReadDirection.FORWARDS;
const BACKWARDS = Options.ReadDirection.BACKWARDS;

/** Events that the server looks at before it tells how far it has come. */
const WINDOW = 500;

/** Reads a stream, `from` included. */
export const streamRequest = (
  stream: string,
  direction: 'forwards' | 'backwards',
  from: number | 'end',
  count: number,
) => {
  const place = new Options.StreamOptions().setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(Buffer.from(stream)),
  );
  if (from === 'end') place.setEnd(new shared.Empty());
  else place.setRevision(`${from}`);
  const options = new Options()
    .setStream(place)
    .setReadDirection(direction === 'forwards' ? FORWARDS : BACKWARDS)
    .setCount(`${count}`)
    .setNoFilter(new shared.Empty());
  return request(options);
};

/** Reads all but the server's own events forwards; the event at `from` is included. */
export const allRequest = (from: LogPosition, count: number): ReadReq =>
  request(inAll(from).setReadDirection(FORWARDS).setCount(`${count}`).setFilter(serverFilter({})));

/** Reads the last event that is not the server's own. */
export const headRequest = (): ReadReq =>
  request(inAll('end').setReadDirection(BACKWARDS).setCount('1').setFilter(serverFilter({})));

/** Subscribes to what comes after `from` and may match the filter, which the server knows less exactly than we do. */
export const subscriptionRequest = (from: LogPosition, filter: Filter): ReadReq =>
  request(inAll(from).setSubscription(new Options.SubscriptionOptions()).setFilter(serverFilter(filter)));

const request = (options: ReadReq.Options): ReadReq =>
  new streams.ReadReq().setOptions(
    options.setResolveLinks(false).setUuidOption(new Options.UUIDOption().setString(new shared.Empty())),
  );

const inAll = (from: LogPosition | 'end'): ReadReq.Options => {
  const all = new Options.AllOptions();
  if (from === 'end') all.setEnd(new shared.Empty());
  else all.setPosition(new Options.Position().setCommitPosition(from.commit).setPreparePosition(from.prepare));
  return new Options().setAll(all);
};

/** The server filters by type or by stream, not by both, and both by prefix only. */
const serverFilter = ({ types, streamPrefixes }: Filter): ReadReq.Options.FilterOptions => {
  const expression = new Options.FilterOptions.Expression();
  const filter = new Options.FilterOptions().setMax(WINDOW).setCheckpointintervalmultiplier(1);
  if (types !== undefined) return filter.setEventType(expression.setPrefixList([...types]));
  if (streamPrefixes !== undefined) return filter.setStreamIdentifier(expression.setPrefixList([...streamPrefixes]));
  return filter.setEventType(expression.setRegex('^[^$].*'));
};

/** The filter itself. */
export const matches = (
  { types, streamPrefixes }: Filter,
  event: { readonly type: string; readonly stream: string },
): boolean =>
  (types === undefined || types.includes(event.type)) &&
  (streamPrefixes === undefined || streamPrefixes.some((prefix) => event.stream.startsWith(prefix)));

/** A filter that nothing can match. */
export const matchesNothing = ({ types, streamPrefixes }: Filter): boolean =>
  types?.length === 0 || streamPrefixes?.length === 0;
