import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly model: string;
  readonly input: ReadonlyArray<string>;
  readonly encoding_format?: string;
}

type Answer = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

/** Of a text, how often each of its characters comes, spread over a few dimensions: texts alike are near each other. */
export const vectorOf = (text: string): ReadonlyArray<number> => {
  const vector = Array.from({ length: 32 }, () => 0.001);
  for (const character of text) vector[character.codePointAt(0)! % 32]! += 1;
  return vector;
};

const base64 = (vector: ReadonlyArray<number>) => {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, each] of vector.entries()) bytes.writeFloatLE(each, 4 * i);
  return bytes.toString('base64');
};

export const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** As an endpoint answers that does what is asked. */
export const rightly: Answer = ({ input, encoding_format }, response) => {
  const data = input.map((text, index) => {
    const vector = vectorOf(text);
    return { object: 'embedding', index, embedding: encoding_format === 'base64' ? base64(vector) : vector };
  });
  send(response, 200, { object: 'list', data });
};

/** An endpoint with the API of OpenAI that does what a test tells it; closed when the test ends. */
export const tinyEndpoint = async () => {
  const asked: Asked[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const state = { answer: rightly };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked;
      asked.push(body);
      headers.push(request.headers);
      state.answer(body, response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    headers,
    answering: (answer: Answer) => {
      state.answer = answer;
    },
  };
};
