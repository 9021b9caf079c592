import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** An answer is longer than any that was asked for. */
export class AnswerTooLong extends Error {}

const LONGEST_ANSWER = 64 * 1024 * 1024;

/**
 * Posts JSON to one address and nowhere else: a redirect is an answer like others, and no proxy of the environment gets
 * to see what is sent, as one would with `fetch`.
 */
export class Poster {
  readonly #agent: HttpAgent;

  constructor(private readonly url: URL) {
    this.#agent = url.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  async post(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    for (;;) {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const begin = this.url.protocol === 'https:' ? requestHttps : requestHttp;
      const request = begin(this.url, {
        method: 'POST',
        agent: this.#agent,
        signal,
        headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      request.once('response', resolve).on('error', reject).end(body);
      try {
        return await read(await promise);
      } catch (error) {
        // The server closed a connection that was kept, at the moment when it was used again: it saw nothing of this.
        const closed = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        if (!closed || signal.aborted) throw error;
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

const read = async (response: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_ANSWER) throw new AnswerTooLong();
    chunks.push(chunk);
  }
  return { status: response.statusCode!, body: Buffer.concat(chunks).toString('utf8') };
};
