import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RecordedEvent } from './recorded-event.js';

const DEFAULT_WINDOW = 32;

/** What a reader of `$all` asked for, as the server evaluates it. */
export interface Filter {
  matches(event: RecordedEvent): boolean;
  /** How many events of the past are looked through at a time. */
  readonly window: number;
  /** After how many events, matching or not, a subscriber is told how far the server is. */
  readonly checkpointEvery: number;
}

export const unfiltered: Filter = { matches: () => true, window: Infinity, checkpointEvery: Infinity };

/** A regular expression where there is one, else prefixes; of the stream's name or of the event's type. */
export const filterOf = (options: streams.ReadReq.Options.FilterOptions): Filter => {
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  const regex = expression?.getRegex() ?? '';
  const prefixes = expression?.getPrefixList() ?? [];
  const pattern = regex === '' ? undefined : new RegExp(regex);
  const fits = (text: string) => pattern?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  return {
    matches: byStream === undefined ? ({ type }) => fits(type) : ({ stream }) => fits(stream),
    window,
    checkpointEvery: window * Math.max(1, options.getCheckpointintervalmultiplier()),
  };
};
