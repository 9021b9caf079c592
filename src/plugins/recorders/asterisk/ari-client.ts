/** An answer of ARI that nobody expected. Names the request by method and path: a query may hold a number. */
export class AriError extends Error {
  constructor(
    readonly status: number,
    method: string,
    path: string,
  ) {
    super(`${method} ${path}: ${status}`);
  }
}

/** The part of ARI's channel that is used here. */
export interface AriChannel {
  readonly id: string;
  /** `app_data`: of a channel in Stasis, the application and its arguments. */
  readonly dialplan: { readonly app_name: string; readonly app_data: string };
}

export interface AriBridge {
  readonly id: string;
  readonly channels: ReadonlyArray<string>;
}

/** The events that are used here; others come too. */
export type AriEvent =
  | { readonly type: 'StasisStart'; readonly channel: AriChannel; readonly args: ReadonlyArray<string> }
  | { readonly type: 'StasisEnd' | 'ChannelDestroyed'; readonly channel: AriChannel }
  | { readonly type: 'PlaybackFinished'; readonly playback: { readonly id: string; readonly state: 'done' | 'failed' } }
  | { readonly type: 'RecordingFailed'; readonly recording: { readonly name: string } }
  | { readonly type: 'ApplicationReplaced' };

export interface AriAnswer {
  readonly status: number;
  /** Undefined when the answer has no body. */
  readonly body: unknown;
}

export interface AriEvents {
  /** Resolves when no more events will come. */
  readonly closed: Promise<void>;
  close(): void;
}

const REQUEST_TIMEOUT_MS = 10_000;

type Query = Readonly<Record<string, string>>;

/** Asterisk's REST interface and its events, over Node's own fetch and WebSocket. */
export class AriClient {
  private readonly authorization: string;

  constructor(
    private readonly url: string,
    user: string,
    password: string,
    private readonly signal: AbortSignal,
  ) {
    this.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** Throws `AriError` for any status but 2xx and those `allowed`. Parts of `path` must be encoded already. */
  async request(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { query = {}, allowed = [] }: { readonly query?: Query; readonly allowed?: ReadonlyArray<number> } = {},
  ): Promise<AriAnswer> {
    const response = await this.send(method, path, query, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    const text = await response.text();
    if (!response.ok && !allowed.includes(response.status)) throw new AriError(response.status, method, path);
    return { status: response.status, body: response.ok && text !== '' ? (JSON.parse(text) as unknown) : undefined };
  }

  /** The file of a stored recording; undefined when there is none. */
  async storedFile(name: string): Promise<ReadableStream<Uint8Array> | undefined> {
    const path = `/recordings/stored/${encodeURIComponent(name)}/file`;
    const response = await this.send('GET', path, {});
    if (response.ok && response.body !== null) return response.body;
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new AriError(response.status, 'GET', path);
  }

  /** Connects as the application: from then on it gets its calls. Rejects when it cannot. */
  listen(app: string, onEvent: (event: AriEvent) => void): Promise<AriEvents> {
    const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/events?app=${encodeURIComponent(app)}`, {
      headers: { authorization: this.authorization },
    });
    const close = () => socket.close();
    this.signal.addEventListener('abort', close, { once: true });
    socket.addEventListener('message', ({ data }) => onEvent(JSON.parse(String(data)) as AriEvent));
    const closed = new Promise<void>((resolve) => {
      socket.addEventListener('close', () => {
        this.signal.removeEventListener('abort', close);
        resolve();
      });
    });
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve({ closed, close }));
      socket.addEventListener('error', () => reject(new Error('no connection for the events of ARI')));
    });
  }

  private send(method: string, path: string, query: Query, timeout?: AbortSignal): Promise<Response> {
    const search = new URLSearchParams(query).toString();
    return fetch(`${this.url}${path}${search && `?${search}`}`, {
      method,
      headers: { authorization: this.authorization },
      signal: timeout === undefined ? this.signal : AbortSignal.any([this.signal, timeout]),
    });
  }
}
