/** What a recorder can do beside telling of calls. `conduct`: it answers, announces and connects calls itself. */
export type RecorderCapability = 'conduct' | 'fetch' | 'delete';

export interface RecorderManifest {
  /** What a configuration calls the plugin: lower-case letters, digits, hyphens. */
  readonly name: string;
  readonly version: string;
  /** The version of this contract that the plugin was written against. */
  readonly apiVersion: 1;
  readonly capabilities: ReadonlyArray<RecorderCapability>;
}

/**
 * What a recorder tells. Data alone; moments are UTC, ISO 8601 with milliseconds and `Z`. `call` and `recording` are
 * the recorder's own references (letters, digits and `._:/-`, at most 200), never a telephone number.
 *
 * A fact's identity is its type with those references: told again it changes nothing, and the first telling stands.
 * So a recorder may repeat itself after a restart, but tells the facts of one call in this order.
 */
export type RecorderFact =
  | CallStarted
  | { readonly type: 'call-answered'; readonly call: string; readonly answeredAt: string }
  /** The recording was announced, to the end. */
  | { readonly type: 'announcement-played'; readonly call: string; readonly at: string }
  | { readonly type: 'recording-declined'; readonly call: string; readonly at: string }
  | { readonly type: 'call-ended'; readonly call: string; readonly endedAt: string }
  | RecordingStored
  | RecordingLost;

export interface CallStarted {
  readonly type: 'call-started';
  readonly call: string;
  /** The code of the site whose call it is. */
  readonly site: string;
  /** The code of the line that was called. */
  readonly line: string;
  readonly direction: 'inbound' | 'outbound';
  readonly startedAt: string;
  /** The calling number; absent when it was withheld. */
  readonly from?: string;
  /** The called number. */
  readonly to: string;
}

/** The audio is stored whole, and can be fetched. */
export interface RecordingStored {
  readonly type: 'recording-stored';
  readonly call: string;
  readonly recording: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Size of the audio file. */
  readonly bytes: number;
  readonly mediaType: string;
  /** The recorder marked it as an emergency's: a hint, no permission. */
  readonly emergencyFlag: boolean;
}

/** There was to be audio, and there is none. */
export interface RecordingLost {
  readonly type: 'recording-lost';
  readonly call: string;
  readonly recording: string;
  /** The recorder said that it failed, or there is no file. */
  readonly reason: 'failed' | 'no-file';
}

export interface ConfigError {
  /** A path such as `lines.7001`. */
  readonly field: string;
  /** Completes the sentence "the field ...", and never repeats a value. */
  readonly message: string;
}

export type Parsed<C> =
  { readonly ok: true; readonly value: C } | { readonly ok: false; readonly errors: ReadonlyArray<ConfigError> };

/** What becomes visible to administrators: nothing personal, no number, no file name that could hold one. */
export interface RecorderLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A small store of an instance's own, such as for cursors; nothing personal. */
export interface RecorderState {
  get(key: string): Promise<string | undefined>;
  /** Resolves when it is on disk. */
  set(key: string, value: string): Promise<void>;
}

export interface RecorderContext<C> {
  /** The name of this instance of the plugin: each has its own configuration and state. */
  readonly instance: string;
  readonly config: C;
  /**
   * Resolves when the fact is durable, or was refused for good (the host logs that). Rejects when it is not durable:
   * tell it again later, and nothing that follows it before.
   */
  emit(fact: RecorderFact): Promise<void>;
  readonly log: RecorderLog;
  readonly state: RecorderState;
  /** Aborted when the instance must end. */
  readonly signal: AbortSignal;
}

export interface RunningRecorder {
  /** Resolves when it runs no more; rejects when it broke, and then the host starts it anew. */
  readonly finished: Promise<void>;
  /** Ends it; safe to call twice. */
  stop(): Promise<void>;
}

/** Reaches the audio that the recorder holds: in every process, whether the instance runs there or in another one. */
export interface AudioAccess {
  /** The audio file as stored. */
  fetch(recording: string): AsyncIterable<Uint8Array>;
  /** Succeeds for a recording that does not exist. */
  delete(recording: string): Promise<void>;
  /** Looks whether anything of it is left. */
  isGone(recording: string): Promise<boolean>;
}

/** As a running instance's, without a way to tell facts. */
export type AudioContext<C> = Omit<RecorderContext<C>, 'emit'>;

export interface RecorderDefinition<C> {
  readonly manifest: RecorderManifest;
  /** Finds all errors at once. */
  readonly config: (input: unknown) => Parsed<C>;
  /** Tells what the recorder does, in one process at a time. */
  readonly start: (context: RecorderContext<C>) => Promise<RunningRecorder>;
  /** Needed for the capabilities `fetch` and `delete`; connects to nothing before it is asked. */
  readonly audio?: (context: AudioContext<C>) => AudioAccess;
}

/** What a configuration makes of a plugin. */
export interface ReadyRecorder {
  start(context: Omit<RecorderContext<unknown>, 'config'>): Promise<RunningRecorder>;
  audio?(context: Omit<AudioContext<unknown>, 'config'>): AudioAccess;
}

/** A recorder plugin as the host sees it: what its configuration looks like is its own affair. */
export interface RecorderPlugin {
  readonly manifest: RecorderManifest;
  configure(input: unknown): Parsed<ReadyRecorder>;
}

export const defineRecorder = <C>({ manifest, config, start, audio }: RecorderDefinition<C>): RecorderPlugin => ({
  manifest,
  configure: (input) => {
    const parsed = config(input);
    if (!parsed.ok) return parsed;
    const { value } = parsed;
    return {
      ok: true,
      value: {
        start: (context) => start({ ...context, config: value }),
        ...(audio !== undefined && { audio: (context) => audio({ ...context, config: value }) }),
      },
    };
  },
});
