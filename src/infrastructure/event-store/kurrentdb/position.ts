import type { Position } from '../../../application/ports/event-store.js';
import { refuseForeign, type StoreIdentity } from '../store-identity.js';

const shape = /^[0-9a-f]{8}-[0-9a-f]{16}-[0-9a-f]{16}$/;

/** A place in the server's log, in decimal digits as it passes on the wire. */
export interface LogPosition {
  readonly commit: string;
  readonly prepare: string;
}

/** Positions of one store: its id (8 hex digits), commit and prepare position (16 hex digits each), joined by hyphens. */
export class Positions {
  constructor(private readonly store: StoreIdentity) {}

  of({ commit, prepare }: LogPosition): Position {
    const hex = hexOf(commit);
    return `${this.store.id}-${hex}-${commit === prepare ? hex : hexOf(prepare)}` as Position;
  }

  /** Throws `BadPosition` for what this store never gave. */
  logPosition(position: Position): LogPosition {
    refuseForeign(position, shape, this.store);
    const [, commit, prepare] = position.split('-');
    return { commit: decimalOf(commit!), prepare: decimalOf(prepare!) };
  }
}

const hexOf = (decimal: string): string => {
  const n = Number(decimal);
  return (Number.isSafeInteger(n) ? n : BigInt(decimal)).toString(16).padStart(16, '0');
};

const decimalOf = (hex: string): string => BigInt(`0x${hex}`).toString();
