import type { Log } from './log.js';
import type { RecordedEvent } from './recorded-event.js';

/** What a subscription follows, and how far it is. */
export interface Source {
  /** The past after what was taken; undefined when there is no more. */
  next(): RecordedEvent | undefined;
  /** Is a live event still to be taken? */
  concerns(event: RecordedEvent): boolean;
  /** A live event was taken. */
  took(event: RecordedEvent): void;
  /** There is nothing yet that could be caught up with. */
  readonly isMissing: boolean;
  /** The stream's name, once it is closed for ever. */
  readonly deleted: string | undefined;
}

/** `$all` after a position. One beyond the head is reached in silence. */
export class AllSource implements Source {
  readonly isMissing = false;
  readonly deleted = undefined;
  private place: number;

  constructor(
    private readonly log: Log,
    private after: number,
  ) {
    this.place = log.placeOf(after + 1);
  }

  next(): RecordedEvent | undefined {
    const event = this.log.all[this.place];
    if (event === undefined) return undefined;
    this.place += 1;
    this.after = event.position;
    return event;
  }

  concerns({ position }: RecordedEvent): boolean {
    return position > this.after;
  }

  took({ position }: RecordedEvent): void {
    this.after = position;
    this.place = this.log.placeOf(position + 1);
  }
}

/** A stream after a revision, or `live` from its end on: only then it need not be there. */
export class StreamSource implements Source {
  private readonly isLive: boolean;
  private after: number;

  constructor(
    private readonly log: Log,
    private readonly name: string,
    after: number | 'live',
  ) {
    this.isLive = after === 'live';
    this.after = after === 'live' ? (log.stream(name)?.last ?? -1) : after;
  }

  get isMissing(): boolean {
    return !this.isLive && (this.log.stream(this.name)?.isMissing ?? true);
  }

  get deleted(): string | undefined {
    return this.log.stream(this.name)?.tombstone === undefined ? undefined : this.name;
  }

  next(): RecordedEvent | undefined {
    const stream = this.log.stream(this.name);
    if (stream === undefined) return undefined;
    const event = stream.events[Math.max(this.after + 1, stream.first)];
    if (event !== undefined) this.after = event.revision;
    return event;
  }

  concerns({ stream, revision }: RecordedEvent): boolean {
    return stream === this.name && revision > this.after;
  }

  took({ revision }: RecordedEvent): void {
    this.after = revision;
  }
}
