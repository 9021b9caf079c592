import type { Actor } from '../../domain/kernel/actor.js';
import type { StaffId } from '../../domain/kernel/ids.js';
import type { Position } from '../ports/event-store.js';

/** Who asks, and under which command id; the same for every command of one request. */
export interface Request {
  /** A UUID. The same again is the same command. */
  readonly commandId: string;
  readonly actor: Actor;
  /** The revision that the caller has seen (If-Match). */
  readonly expectedRevision?: number;
  /** The event that caused the request; absent when a person did. */
  readonly causation?: string;
  readonly correlation?: string;
  readonly traceparent?: string;
}

/** What a command came to; a repeat is answered with the first one's. */
export interface Outcome {
  readonly id: string;
  /** Of the aggregate's stream, after the command. */
  readonly revision: number;
  readonly position: Position;
}

/** The system acting by itself: reactions and folds. */
export const systemActor: Actor = { subject: 'system' as StaffId, role: 'system' };
