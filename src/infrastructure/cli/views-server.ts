import * as E from 'fp-ts/lib/Either.js';
import { decode } from '../../domain/kernel/errors.js';
import type { ViewState } from '../http/routes/system.controller.js';

/** What answers no request within this time is not there. */
const PATIENCE_MS = 10_000;

/** No server answers. */
export class ServerUnreachable extends Error {}

/** A server answers, and not with what was asked; the message says why. */
export class ServerRefused extends Error {}

export interface Answer {
  /** As it came. */
  readonly json: string;
  readonly views: ReadonlyArray<ViewState>;
}

/** The views of a running server, over HTTP. Throws `ServerUnreachable`, `ServerRefused`. */
export class ViewsServer {
  constructor(
    private readonly url: URL,
    private readonly token: () => Promise<string>,
    private readonly signal: AbortSignal,
  ) {}

  status(): Promise<Answer> {
    return this.ask('GET', '/views');
  }

  /** Begins a rebuild, or finds one under way. */
  rebuild(view: string): Promise<Answer> {
    return this.ask('POST', `/views/${view}/rebuild`);
  }

  private async ask(method: string, path: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${await this.token()}` };
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(PATIENCE_MS)]);
    // The address may hold a password, which fetch refuses and an error must not repeat.
    const response = await fetch(new URL(path, this.url.origin), { method, headers, signal }).catch(() => {
      this.signal.throwIfAborted();
      throw new ServerUnreachable(
        `no server answers at ${this.url.origin}: start it, or name its address in --url or PORT`,
      );
    });
    const json = await response.text();
    if (!response.ok) throw new ServerRefused(this.refusal(response.status, json));
    const { viewStates } = await import('../http/routes/system.controller.js');
    const decoded = decode(viewStates, parsed(json));
    if (E.isLeft(decoded))
      throw new ServerRefused(`what answers at ${this.url.origin} is no Madoguchi of this version`);
    return { json, views: decoded.right.items };
  }

  private refusal(status: number, json: string): string {
    if (status === 401) return 'the server does not take this token: name a valid one in --token or MADOGUCHI_TOKEN';
    if (status === 403) return 'only an administrator may do this: name the token of one in --token or MADOGUCHI_TOKEN';
    const { title } = (parsed(json) ?? {}) as { readonly title?: unknown };
    return `the server answers ${status}${typeof title === 'string' ? `: ${title}` : ''}`;
  }
}

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};
