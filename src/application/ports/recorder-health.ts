/** How one configured recorder stands. */
export interface InstanceHealth {
  readonly instance: string;
  readonly plugin: string;
  /** `standby`: another process runs it, and this one would take over. */
  readonly state: 'standby' | 'starting' | 'running' | 'backing-off' | 'stopped';
  /** When it came into this state: UTC, ISO 8601. */
  readonly since: string;
  /** The class of the error that it last broke with; a message could hold personal data. */
  readonly lastError?: string;
}

/** Port: how the configured recorders stand (K1). */
export abstract class RecorderHealth {
  abstract health(): ReadonlyArray<InstanceHealth>;
}
