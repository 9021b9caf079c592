import { BadPosition, type EventStore, type Position } from '../../application/ports/event-store.js';

/** The error, if this store never gave the position. */
export const unknownPosition = async (store: EventStore, position: Position): Promise<BadPosition | undefined> => {
  try {
    await store.readAll({ from: position, limit: 1 })[Symbol.asyncIterator]().next();
    return undefined;
  } catch (error) {
    if (error instanceof BadPosition) return error;
    throw error;
  }
};
