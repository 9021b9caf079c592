import type { LeaseStatus } from '../../application/ports/leases.js';

/** How one who holds a lease or waits for it stands. */
export class Standing {
  private state: LeaseStatus['state'] = 'waiting';
  private since = new Date();
  private epoch: number | undefined;

  constructor(readonly name: string) {}

  get status(): LeaseStatus {
    return {
      name: this.name,
      state: this.state,
      since: this.since.toISOString(),
      ...(this.epoch !== undefined && { epoch: this.epoch }),
    };
  }

  own(epoch: number): void {
    this.epoch = epoch;
    this.become('owned');
  }

  wait(): void {
    this.become('waiting');
  }

  private become(state: LeaseStatus['state']): void {
    if (state === this.state) return;
    this.state = state;
    this.since = new Date();
  }
}
