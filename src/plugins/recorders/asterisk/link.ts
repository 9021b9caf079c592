import type { RecorderLog } from '../../sdk/recorder.js';
import type { AriClient, AriEvent } from './ari-client.js';
import { Conductor } from './conductor.js';
import type { AsteriskConfig } from './config.js';
import { backOffMs, pause } from './retry.js';

const LOOK_AFTER_MS = 5_000;
/** Two clients that take the application from each other must not do so all the time. */
const REPLACED_PAUSE_MS = 60_000;

/**
 * Keeps connected to ARI, as long as the signal lets it, with a conductor for each connection. Says once that the
 * connection is lost, and once that it stands.
 */
export class Link {
  private readonly failed = new Set<string>();
  private down = false;

  constructor(
    private readonly ari: AriClient,
    private readonly config: AsteriskConfig,
    private readonly log: RecorderLog,
    private readonly signal: AbortSignal,
  ) {}

  /** Whether ARI said that this recording failed. */
  hasFailed(recording: string): boolean {
    return this.failed.has(recording);
  }

  async keep(): Promise<void> {
    for (let failures = 0; !this.signal.aborted; failures += 1) {
      let wait = backOffMs(failures);
      try {
        const replaced = await this.connectOnce(() => (failures = 0));
        if (replaced) wait = REPLACED_PAUSE_MS;
      } catch {
        // Told below, once.
      }
      if (this.signal.aborted) return;
      if (!this.down) this.log.warn('the connection to ARI is lost');
      this.down = true;
      await pause(wait, this.signal);
    }
  }

  /** Resolves when the connection is lost: whether because another client has the application now. */
  private async connectOnce(onConnected: () => void): Promise<boolean> {
    let replaced = false;
    const conductor = new Conductor(this.ari, this.config, this.log, (name) => this.failed.add(name));
    const events = await this.ari.listen(this.config.app, (event: AriEvent) => {
      if (event.type === 'ApplicationReplaced') replaced = true;
      conductor.on(event);
    });
    onConnected();
    try {
      const startedAt = await this.startedAt();
      await conductor.takeUp();
      this.log.info('connected to ARI');
      this.down = false;
      const closed = new AbortController();
      void events.closed.then(() => closed.abort());
      const over = AbortSignal.any([closed.signal, this.signal]);
      while (!over.aborted) {
        await pause(LOOK_AFTER_MS, over);
        if (!over.aborted) await this.lookAfter(conductor, startedAt);
      }
    } finally {
      events.close();
    }
    return replaced;
  }

  /** Throws when the exchange was started anew: a connection to the old one can seem open for long. */
  private async lookAfter(conductor: Conductor, startedAt: string): Promise<void> {
    if ((await this.startedAt()) !== startedAt) throw new Error('the exchange was started anew');
    await conductor.takeUp();
  }

  private async startedAt(): Promise<string> {
    const { body } = await this.ari.request('GET', '/asterisk/info', { query: { only: 'status' } });
    return (body as { readonly status: { readonly startup_time: string } }).status.startup_time;
  }
}
