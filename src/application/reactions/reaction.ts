import type { RecordedEvent } from '../ports/event-store.js';

/**
 * What follows from an event: a command under an id derived from it, so that reacting twice is reacting once. Runs from
 * a durable checkpoint; throwing means "not yet", and it is tried again.
 */
export abstract class Reaction {
  /** Names its checkpoint: never changed. */
  abstract readonly name: string;
  /** The types of event that it reacts to. */
  abstract readonly handles: ReadonlyArray<string>;
  /** How long after the event it acts, in milliseconds. */
  abstract readonly delayMs: number;
  abstract react(event: RecordedEvent): Promise<void>;
}

/** A step whose refusal means that something is wrong: it is tried again and alarms, and nothing is passed over. */
export class ReactionRefused extends Error {
  constructor(reaction: string, event: RecordedEvent, codes: ReadonlyArray<string>) {
    super(`${reaction} on ${event.type} ${event.id}: ${codes.join(', ')}`);
  }
}
