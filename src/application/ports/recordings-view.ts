import type { TypeOf } from 'io-ts';
import { flag, integer, record, text } from '../../domain/kernel/codec.js';
import { CallId, RecordingId, type RecorderCode } from '../../domain/kernel/ids.js';
import { Source } from '../../domain/kernel/reference.js';
import { Instant } from '../../domain/kernel/time.js';
import { DestructionReason, QuarantineReason, SensitiveGround } from '../../domain/recording/events.js';
import type { Page, PageRequest } from './page.js';

/** A stored recording and its dates (K1, K3, K4, K7). The numbers of both ends stay in the caller's own stream. */
export const RecordingEntry = record(
  'RecordingEntry',
  {
    id: RecordingId,
    call: CallId,
    source: Source,
    startedAt: Instant,
    endedAt: Instant,
    bytes: integer(0, Number.MAX_SAFE_INTEGER),
    mediaType: text(60),
    /** When it must be destroyed. */
    dueAt: Instant,
    sensitive: flag,
    /** How often somebody listened to it (K6). */
    listened: integer(0, Number.MAX_SAFE_INTEGER),
    /** Of its stream: what If-Match names. */
    revision: integer(0, Number.MAX_SAFE_INTEGER),
  },
  {
    sensitiveGround: SensitiveGround,
    /** Present while it is kept from use (K3). */
    quarantined: QuarantineReason,
    lastListenedAt: Instant,
    destructionRequested: DestructionReason,
    /** When the recorder's audio was deleted and seen gone. */
    destroyedAt: Instant,
  },
);
export type RecordingEntry = TypeOf<typeof RecordingEntry>;

/** All that is given must hold. */
export interface RecordingFilter {
  /** Started at this moment or later. */
  readonly from?: Instant;
  /** Started before this moment. */
  readonly to?: Instant;
  readonly call?: CallId;
  readonly recorder?: RecorderCode;
  readonly quarantined?: boolean;
  readonly sensitive?: boolean;
  readonly destroyed?: boolean;
  /** Due before this moment. */
  readonly dueBefore?: Instant;
}

/** Port: recordings, their due dates, and how often each was listened to (K4, K6, K7). Throws `ViewUnavailable`. */
export abstract class RecordingsView {
  abstract get(id: RecordingId): Promise<RecordingEntry | undefined>;

  /** Latest started first. Throws `BadCursor`. */
  abstract page(filter: RecordingFilter, page: PageRequest): Promise<Page<RecordingEntry>>;
}
