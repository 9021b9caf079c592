import { BadPosition, type Position } from '../../application/ports/event-store.js';

/** Which store this is, and which ones its events came from or went to. */
export interface StoreIdentity {
  /** 8 hex digits, made with the store. */
  readonly id: string;
  /** Stores whose events were moved here: their positions are told apart from mere nonsense. */
  readonly movedFrom: ReadonlyArray<string>;
  /** The store that holds the events now; this one must not be served any more. */
  readonly movedTo?: string;
}

/** Events that came from another store, or went to it. */
export interface Move {
  readonly direction: 'here' | 'away';
  readonly store: string;
}

/** The identity of a store that was made with an id; only the last move says where the events are. */
export const afterMoves = (id: string, moves: ReadonlyArray<Move>): StoreIdentity => {
  const last = moves.at(-1);
  return {
    id,
    movedFrom: moves.filter(({ direction }) => direction === 'here').map(({ store }) => store),
    ...(last?.direction === 'away' && { movedTo: last.store }),
  };
};

/** The store's events are elsewhere. */
export class StoreMoved extends Error {
  constructor({ id, movedTo }: StoreIdentity) {
    super(`the events of this store, ${id}, were moved to the store ${movedTo}: start with the settings of that one`);
  }
}

/** Throws `BadPosition` unless the position has the shape of this store's and its id. */
export const refuseForeign = (position: Position, shape: RegExp, { id, movedFrom }: StoreIdentity): void => {
  if (shape.test(position) && position.startsWith(`${id}-`)) return;
  const former = movedFrom.find((from) => position.startsWith(`${from}-`));
  const why =
    former === undefined
      ? 'the position is none of this event store'
      : `the position is of the store ${former}, whose events were moved here: ask again without it`;
  throw new BadPosition('foreign_position', why);
};
