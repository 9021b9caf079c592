import { v5 } from 'uuid';
import type { StaffId } from '../../domain/kernel/ids.js';
import type { EventId } from '../ports/event-store.js';

// Fixed for ever: all derived ids hang on it.
const NAMESPACE = '0f6a1f5e-6f0c-5b43-9d5e-3f1d6c1f8a27';

const derive = (...parts: ReadonlyArray<string | number>): string => v5(JSON.stringify(parts), NAMESPACE);

/** The command that an actor means by an Idempotency-Key; two actors' equal keys are two commands. */
export const commandIdOf = (actor: StaffId, key: string): string => derive('command', actor, key.toLowerCase());

/** The command that follows from something that happened once, such as a recorder's fact or an event. */
export const consequentId = (...happened: ReadonlyArray<string>): string => derive('consequent', ...happened);

/** An event's id: another content of the command gives other ids, so that no store takes it for a repeat. */
export const eventIdOf = (commandId: string, index: number, digest: string): EventId =>
  derive('event', commandId, index, digest) as EventId;

/**
 * The id of what a command creates. It leaves the content out: the same command id with other content meets the first
 * one's stream and is refused there.
 */
export const createdId = <A extends string>(commandId: string, what: string): A =>
  derive('created', commandId, what) as A;

/** The id of what a recorder knows by its own reference. */
export const sourceId = <A extends string>(what: string, recorder: string, ref: string): A =>
  derive('source', what, recorder, ref) as A;
