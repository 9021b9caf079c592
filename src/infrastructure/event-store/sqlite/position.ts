import { BadPosition, type Position } from '../../../application/ports/event-store.js';
import { refuseForeign, type StoreIdentity } from '../store-identity.js';

const shape = /^[0-9a-f]{8}-[0-9a-f]{16}$/;

/** Positions of one store: its id (8 hex digits), a hyphen, the row's number (16 hex digits; 0 before the first). */
export class Positions {
  constructor(private readonly store: StoreIdentity) {}

  of(row: number): Position {
    return `${this.store.id}-${row.toString(16).padStart(16, '0')}` as Position;
  }

  /** The row's number; `head` is that of the last one. Throws `BadPosition`. */
  row(position: Position, head: number): number {
    refuseForeign(position, shape, this.store);
    const row = Number.parseInt(position.slice(this.store.id.length + 1), 16);
    if (row > head) throw new BadPosition('position_beyond_head', 'the position lies beyond the last event');
    return row;
  }
}
