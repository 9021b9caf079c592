import type { Instant } from '../../domain/kernel/time.js';
import type { EventId, Position } from './event-store.js';

/** The views that can be read, waited for and rebuilt. */
export const viewNames = [
  'faq-articles',
  'faq-use',
  'contact-history',
  'department-inbox',
  'recordings',
  'directory',
  'analytics',
] as const;
export type ViewName = (typeof viewNames)[number];

/** How far behind the store's head a view is. */
export interface Lag {
  /** Events after the view's position, its own and others; counted up to 1,000, which means as many or more. */
  readonly events: number;
  /** Milliseconds since the first of those was recorded; 0 when there is none. */
  readonly ageMs: number;
}

/** A build from zero under way; reads are answered by the generation before, if there is one. */
export interface RebuildProgress {
  readonly done: number;
  /** Events that the generation before holds; absent when there is none. */
  readonly total?: number;
  /** When the last event done was recorded. */
  readonly reached?: Instant;
  readonly eventsPerSecond: number;
  /** The event before which it has stopped. */
  readonly poisonedBy?: PoisonedBy;
}

/** The event that a view cannot read. It is never skipped: the view stops before it. */
export interface PoisonedBy {
  readonly eventId: EventId;
  readonly type: string;
  readonly position: Position;
  /** Codes and fields; no value. */
  readonly reason: string;
}

export interface ViewStatus {
  readonly view: ViewName;
  /** Of the projection and of its tables, such as `1.1`; of those that are read. Absent while the first build runs. */
  readonly version?: string;
  readonly position?: Position;
  /** Events that it has taken in, all told. Absent while the first build runs. */
  readonly events?: number;
  readonly lag: Lag;
  /**
   * `building`: nothing to read yet. `rebuilding`: the generation before answers. `stopped`: no event is taken in any
   * more, see `poisonedBy`; that is also present when only the rebuild came to a stop.
   */
  readonly state: 'live' | 'building' | 'rebuilding' | 'stopped';
  readonly rebuild?: RebuildProgress;
  readonly poisonedBy?: PoisonedBy;
  /** What keeps it from taking events in at present, without any value, such as `cluster_block_exception`. */
  readonly outage?: string;
}

/** A view that cannot be read now: its first build has not ended, or what holds it does not answer (`outage`). */
export class ViewUnavailable extends Error {
  constructor(
    readonly view: ViewName,
    /** What kind of failure, without any value. */
    readonly outage?: string,
  ) {
    super(
      outage === undefined
        ? `the view ${view} is being built for the first time`
        : `the view ${view} does not answer: ${outage}`,
    );
  }
}

/** Port: how the views stand, and what can be asked of all of them. An outage throws. */
export abstract class Views {
  abstract status(now: Instant): Promise<ReadonlyArray<ViewStatus>>;

  /**
   * Resolves `true` when the view holds everything up to the position, `false` when `signal` aborted first or the
   * view stopped: a reader so sees its own write. Throws `BadPosition`.
   */
  abstract waitFor(view: ViewName, position: Position, signal: AbortSignal): Promise<boolean>;

  /** Up to where the view that answers has come; nothing while there is none. */
  abstract positionOf(view: ViewName): Promise<Position | undefined>;

  /** Begins a build from zero beside the documents that are read, and swaps it in when it has caught up. */
  abstract rebuild(view: ViewName): Promise<void>;
}
