import type { Lease, Leases } from '../../src/application/ports/leases.js';
import { Holder } from '../leases/holder.js';

/** A lease that is held until the test ends. */
export const owned = (leases: Leases, name: string): Promise<Lease> => new Holder(leases, name).owns();
