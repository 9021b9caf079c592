import type { RecorderLog } from '../../sdk/recorder.js';
import type { AriBridge, AriChannel, AriClient, AriEvent } from './ari-client.js';
import type { AsteriskConfig } from './config.js';
import { describe } from './describe.js';
import {
  announcementPlayback,
  callOf,
  conductedBridge,
  operatorChannel,
  recordingName,
  unrecordedBridge,
} from './names.js';

const OPERATOR_ARGUMENT = 'operator';
const OPERATOR_TIMEOUT_S = 60;
const CONFLICT = 409;
const NOT_FOUND = 404;

/** Of a call that was begun before, each step looks first for what it would make. */
type Since = 'new' | 'begun before';

interface Conducted {
  announced(played: boolean): void;
  readonly announcement: Promise<boolean>;
  gone: boolean;
}

/**
 * Conducts calls over one connection to ARI: answers, announces the recording, records the bridge, puts through to
 * the operator, and clears up when either hangs up. Each step holds when it is repeated, so that a call which an
 * earlier connection began is taken up where it stands. What happened is told from the call records, not from here.
 */
export class Conductor {
  private readonly calls = new Map<string, Conducted>();

  constructor(
    private readonly ari: AriClient,
    private readonly config: Pick<AsteriskConfig, 'app' | 'announcement' | 'operator' | 'prefix'>,
    private readonly log: RecorderLog,
    private readonly onRecordingFailed: (name: string) => void,
  ) {}

  /** Takes up calls that nobody conducts, and clears up what was left behind; at any time, as often as one likes. */
  async takeUp(): Promise<void> {
    const { app, prefix } = this.config;
    const conducted = [...this.calls.keys()];
    // Bridges first: a bridge whose caller is not among the channels listed after it has lost its caller.
    const bridges = (await this.ari.request('GET', '/bridges')).body as ReadonlyArray<AriBridge>;
    const channels = (await this.ari.request('GET', '/channels')).body as ReadonlyArray<AriChannel>;
    const live = new Set(channels.map(({ id }) => id));
    const ours = [...bridges, ...channels].map(({ id }) => callOf(prefix, id)).filter((call) => call !== undefined);
    for (const call of conducted) if (!live.has(call)) this.left(call);
    for (const call of new Set(ours)) if (!live.has(call)) await this.release(call);
    for (const { id, dialplan } of channels)
      if (dialplan.app_name === 'Stasis' && isCallers(dialplan.app_data, app)) this.begin(id, 'begun before');
  }

  on(event: AriEvent): void {
    switch (event.type) {
      case 'StasisStart': {
        const [role, call] = event.args;
        if (role !== OPERATOR_ARGUMENT) this.begin(event.channel.id, 'new');
        else if (call !== undefined) this.run('connect the operator', () => this.connect(call));
        return;
      }
      case 'PlaybackFinished':
        for (const [call, { announced }] of this.calls)
          if (announcementPlayback(this.config.prefix, call) === event.playback.id)
            announced(event.playback.state === 'done');
        return;
      case 'RecordingFailed':
        return this.onRecordingFailed(event.recording.name);
      case 'StasisEnd':
      case 'ChannelDestroyed':
        return this.left(event.channel.id);
      case 'ApplicationReplaced':
        this.log.error('another client took over the application: its calls are no longer conducted from here');
    }
  }

  private begin(call: string, since: Since): void {
    if (this.calls.has(call)) return;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.calls.set(call, { announced: resolve, announcement: promise, gone: false });
    this.run('conduct a call', () =>
      this.conduct(call, since).catch((error: unknown) => {
        // The next take-up tries again.
        this.calls.delete(call);
        throw error;
      }),
    );
  }

  private left(channel: string): void {
    const call = this.calls.get(channel);
    if (call !== undefined) {
      call.gone = true;
      call.announced(false);
      this.calls.delete(channel);
      this.run('clear up after a call', () => this.release(channel));
      return;
    }
    const operatorOf = callOf(this.config.prefix, channel);
    if (operatorOf !== undefined && this.calls.has(operatorOf))
      this.run('hang up a call that its operator left', () => this.hangUp(operatorOf));
  }

  private async conduct(call: string, since: Since): Promise<void> {
    const standing = this.calls.get(call);
    if (standing === undefined) return;
    const existing = since === 'new' ? undefined : await this.existingBridge(call);
    const bridge = existing ?? (await this.announceAndBridge(call, standing, since));
    if (bridge === undefined) return;
    const entered = await this.join(bridge, call);
    if (entered && bridge === conductedBridge(this.config.prefix, call)) await this.record(call, bridge);
    else if (entered) this.log.error('the announcement could not be played: a call goes on unrecorded');
    if (entered && !standing.gone) await this.callOperator(call, since);
    if (!entered) this.calls.delete(call);
    // The caller has hung up between two steps: what they made is cleared up again.
    if (!entered || standing.gone) await this.release(call);
  }

  private async existingBridge(call: string): Promise<string | undefined> {
    for (const bridge of this.bridgesOf(call)) {
      const { status } = await this.ari.request('GET', `/bridges/${bridge}`, { allowed: [NOT_FOUND] });
      if (status !== NOT_FOUND) return bridge;
    }
    return undefined;
  }

  /** No recording without an announcement: when it could not be played, the call goes on unrecorded. */
  private async announceAndBridge(call: string, standing: Conducted, since: Since): Promise<string | undefined> {
    const { prefix } = this.config;
    if ((await this.announce(call, since)) === 'gone') return undefined;
    const announced = await standing.announcement;
    if (standing.gone) return undefined;
    const bridge = announced ? conductedBridge(prefix, call) : unrecordedBridge(prefix, call);
    await this.ari.request('POST', `/bridges/${bridge}`, { query: { type: 'mixing' } });
    return bridge;
  }

  private async announce(call: string, since: Since): Promise<'begun' | 'gone'> {
    const playback = announcementPlayback(this.config.prefix, call);
    if (since === 'begun before') {
      const { status } = await this.ari.request('GET', `/playbacks/${playback}`, { allowed: [NOT_FOUND] });
      if (status !== NOT_FOUND) return 'begun';
    }
    await this.ari.request('POST', `/channels/${call}/answer`, { allowed: [NOT_FOUND, CONFLICT] });
    const { status } = await this.ari.request('POST', `/channels/${call}/play/${playback}`, {
      query: { media: `sound:${this.config.announcement}` },
      allowed: [NOT_FOUND, CONFLICT],
    });
    return status >= 400 ? 'gone' : 'begun';
  }

  /** A failure is logged, and the citizen's call goes on. */
  private async record(call: string, bridge: string): Promise<void> {
    const { status } = await this.ari.request('POST', `/bridges/${bridge}/record`, {
      query: { name: recordingName(this.config.prefix, call), format: 'wav', ifExists: 'fail' },
      // In conflict: it was begun before. Unprocessable: it cannot be.
      allowed: [NOT_FOUND, CONFLICT, 422, 500],
    });
    if (status >= 400 && status !== CONFLICT) this.log.error(`a call is not recorded: ARI answered ${status}`);
  }

  private async callOperator(call: string, since: Since): Promise<void> {
    const { app, operator, prefix } = this.config;
    const channel = operatorChannel(prefix, call);
    if (since === 'begun before') {
      const { status } = await this.ari.request('GET', `/channels/${channel}`, { allowed: [NOT_FOUND] });
      if (status !== NOT_FOUND) return this.connect(call);
    }
    const query = {
      endpoint: operator,
      app,
      appArgs: `${OPERATOR_ARGUMENT},${call}`,
      originator: call,
      timeout: String(OPERATOR_TIMEOUT_S),
    };
    const originated = await this.ari.request('POST', `/channels/${channel}`, { query, allowed: [400, 500] });
    if (originated.status < 400) return;
    this.log.error(`no operator could be called: ARI answered ${originated.status}`);
    await this.hangUp(call);
  }

  /** Puts the operator, who has answered, into the call's bridge. */
  private async connect(call: string): Promise<void> {
    if (!this.calls.has(call)) return;
    const bridge = await this.existingBridge(call);
    if (bridge !== undefined) await this.join(bridge, operatorChannel(this.config.prefix, call));
  }

  /** Whether the channel is in the bridge now: one that has left, or is not in Stasis yet, is not. */
  private async join(bridge: string, channel: string): Promise<boolean> {
    const { status } = await this.ari.request('POST', `/bridges/${bridge}/addChannel`, {
      query: { channel },
      allowed: [400, NOT_FOUND, CONFLICT, 422],
    });
    return status < 400;
  }

  private async hangUp(channel: string): Promise<void> {
    await this.ari.request('DELETE', `/channels/${channel}`, { allowed: [NOT_FOUND] });
  }

  /** The recording of a bridge goes on when the caller is gone: it ends here, before the bridge does. */
  private async release(call: string): Promise<void> {
    const { prefix } = this.config;
    const recording = encodeURIComponent(recordingName(prefix, call));
    await this.ari.request('POST', `/recordings/live/${recording}/stop`, { allowed: [NOT_FOUND, CONFLICT] });
    await this.hangUp(operatorChannel(prefix, call));
    for (const bridge of this.bridgesOf(call))
      await this.ari.request('DELETE', `/bridges/${bridge}`, { allowed: [NOT_FOUND] });
  }

  private bridgesOf(call: string): ReadonlyArray<string> {
    return [conductedBridge(this.config.prefix, call), unrecordedBridge(this.config.prefix, call)];
  }

  private run(what: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      // The instance ends; the next one takes the calls up.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.log.error(`could not ${what}: ${describe(error)}`);
    });
  }
}

/** Whether a channel's data in Stasis are a caller's: the application, and not the argument of an operator. */
const isCallers = (data: string, app: string): boolean => {
  const [name, role] = data.split(',');
  return name === app && role !== OPERATOR_ARGUMENT;
};
