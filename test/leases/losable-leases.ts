import { LeaseLost, type Lease } from '../../src/application/ports/leases.js';
import { SoleOwner } from '../../src/infrastructure/leases/sole-owner.js';

/** Leases of one process that are lost at a test's word, and then go to whoever waits longest. */
export class LosableLeases extends SoleOwner {
  private losing = new AbortController();

  override async hold(name: string, signal: AbortSignal, work: (lease: Lease) => Promise<void>): Promise<void> {
    for (let lost = true; lost && !signal.aborted;) {
      lost = false;
      await super.hold(name, signal, async (lease) => {
        const { signal: loss } = this.losing;
        try {
          await work({ ...lease, signal: AbortSignal.any([lease.signal, loss]) });
        } catch (error) {
          if (!(error instanceof LeaseLost)) throw error;
          lost = true;
        }
        lost ||= loss.aborted;
      });
    }
  }

  /** Every lease that is held now. */
  lose(): void {
    this.losing.abort();
    this.losing = new AbortController();
  }
}
