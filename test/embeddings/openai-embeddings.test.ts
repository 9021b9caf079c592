import { once } from 'node:events';
import { createServer, get, setGlobalProxyFromEnv, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddingsUnavailable, TextsRefused } from '../../src/application/ports/embeddings.js';
import { OpenAiEmbeddings } from '../../src/infrastructure/embeddings/openai-embeddings.js';
import { rightly, send, tinyEndpoint, vectorOf } from './tiny-endpoint.js';

const MODEL = 'multilingual-e5-small';
const CITIZEN = '架空太郎、090-0000-0000';

const open = async (options: { model?: string; apiKey?: string } = {}) => {
  const endpoint = await tinyEndpoint();
  const embeddings = new OpenAiEmbeddings({ url: endpoint.url, model: MODEL, ...options });
  onTestFinished(() => embeddings.close());
  return { endpoint, embeddings };
};

const soon = () => AbortSignal.timeout(5_000);
const unit = (vector: ReadonlyArray<number>) => {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (each) => each / length);
};

describe('embeddings of an endpoint', () => {
  test('come in the order of the texts, of length 1, whatever the order of the answer', async () => {
    const { endpoint, embeddings } = await open();
    endpoint.answering(({ input }, response) =>
      send(response, 200, {
        data: input.map((text, index) => ({ index, embedding: vectorOf(text) })).toReversed(),
      }),
    );
    const [a, b] = await embeddings.embed(['あ', 'い'], 'query', soon());
    expect(a).toEqual(unit(vectorOf('query: あ')));
    expect(b).toEqual(unit(vectorOf('query: い')));
  });

  test('are asked for in base64, and as numbers of an endpoint that does not know it', async () => {
    const { endpoint, embeddings } = await open();
    const [inBase64] = await embeddings.embed(['あ'], 'passage', soon());
    endpoint.answering((asked, response, request) =>
      asked.encoding_format === undefined
        ? rightly(asked, response, request)
        : send(response, 400, { error: { message: `unknown: ${CITIZEN}` } }),
    );
    const [asNumbers] = await embeddings.embed(['あ'], 'passage', soon());
    await embeddings.embed(['い'], 'passage', soon());
    expect(asNumbers).toEqual(inBase64);
    expect(endpoint.asked.map(({ encoding_format }) => encoding_format)).toEqual([
      'base64',
      'base64',
      undefined,
      undefined,
    ]);
  });

  test('say of models of the e5 kind whether a text is a query, and of others nothing', async () => {
    const { endpoint, embeddings } = await open();
    await embeddings.embed(['あ'], 'query', soon());
    await embeddings.embed(['い'], 'passage', soon());
    const other = new OpenAiEmbeddings({ url: `${endpoint.url}/`, model: 'bge-m3', apiKey: 'secret' });
    onTestFinished(() => other.close());
    await other.embed(['う'], 'query', soon());
    expect(endpoint.asked.map(({ model, input }) => [model, input[0]])).toEqual([
      [MODEL, 'query: あ'],
      [MODEL, 'passage: い'],
      ['bge-m3', 'う'],
    ]);
    expect(endpoint.headers.map(({ authorization }) => authorization)).toEqual([undefined, undefined, 'Bearer secret']);
  });

  test('of many texts are asked for in requests of a bounded size', async () => {
    const { endpoint, embeddings } = await open();
    const texts = [...Array.from({ length: 600 }, (_, i) => `問${i}`), '長'.repeat(15_000), '長'.repeat(15_001)];
    expect(await embeddings.embed(texts, 'passage', soon())).toHaveLength(texts.length);
    expect(endpoint.asked.flatMap(({ input }) => input)).toEqual(texts.map((text) => `passage: ${text}`));
    for (const { input } of endpoint.asked) {
      expect(input.length).toBeLessThanOrEqual(256);
      expect(input.join('').length).toBeLessThanOrEqual(16_000);
    }
  });

  const two = (a: unknown, b: unknown) => ({
    data: [
      { index: 0, embedding: a },
      { index: 1, embedding: b },
    ],
  });
  test.each([
    ['fewer than texts', { data: [{ index: 0, embedding: [1] }] }],
    ['more than texts', { data: [0, 1, 2].map((index) => ({ index, embedding: [1] })) }],
    ['one twice', { data: [0, 0].map((index) => ({ index, embedding: [1] })) }],
    ['one of no text', { data: [0, 7].map((index) => ({ index, embedding: [1] })) }],
    ['without index', { data: [{ embedding: [1] }, { embedding: [1] }] }],
    ['of several lengths', two([1, 0], [1])],
    ['with something that is no number', two([1, null], [1, 0])],
    ['too large to be numbers', two([1e39, 1], [1, 0])],
    ['not a number', two(Buffer.from('0000c07f0000803f', 'hex').toString('base64'), [1, 0])],
    ['of broken bytes', two('AAAA', [1, 0])],
    ['of zeros', two([0, 0], [1, 0])],
    ['empty', two([], [])],
    ['none at all', { data: [null, null] }],
    ['no list', { data: {} }],
    ['nothing', null],
  ])('that are wrong are refused: %s', async (_, answer) => {
    const { endpoint, embeddings } = await open();
    endpoint.answering((_asked, response) => send(response, 200, answer));
    await expect(embeddings.embed([CITIZEN, 'い'], 'query', soon())).rejects.toBeInstanceOf(EmbeddingsUnavailable);
    expect(embeddings.usage()).toEqual({ calls: 1, failures: 1 });
  });

  test('of another length than before are refused', async () => {
    const { endpoint, embeddings } = await open();
    await embeddings.embed(['あ'], 'query', soon());
    endpoint.answering((_asked, response) => send(response, 200, { data: [{ index: 0, embedding: [1, 0] }] }));
    await expect(embeddings.embed(['あ'], 'query', soon())).rejects.toThrow(/another length than before/);
  });

  const html = (response: ServerResponse) => void response.writeHead(200).end(`<p>${CITIZEN}</p>`);
  test.each<[string, RegExp, (response: ServerResponse) => void]>([
    ['429', /status 429/, (response) => send(response, 429, { error: { message: CITIZEN } })],
    ['401', /status 401/, (response) => send(response, 401, { error: { message: CITIZEN } })],
    ['500', /status 500/, (response) => send(response, 500, CITIZEN)],
    ['no JSON', /no JSON/, html],
    ['no answer', /ECONNRESET/, (response) => void response.socket!.destroy()],
    ['half an answer', /ECONNRESET|aborted/, (response) => void response.write('{"data":', () => response.destroy())],
  ])('say what kind of failure it was, and never what was sent: %s', async (_, reason, answer) => {
    const { endpoint, embeddings } = await open();
    endpoint.answering((_asked, response) => answer(response));
    const failure = await embeddings.embed([CITIZEN], 'query', soon()).catch((error: unknown) => error as Error);
    expect(failure).toBeInstanceOf(EmbeddingsUnavailable);
    expect((failure as Error).message).toMatch(reason);
    expect((failure as Error).stack).not.toContain('架空');
    expect((failure as Error).cause).toBeUndefined();
  });

  test('tell texts that are refused from an endpoint that is', async () => {
    const { endpoint, embeddings } = await open();
    endpoint.answering((_asked, response) => send(response, 413, {}));
    await expect(embeddings.embed(['あ'], 'query', soon())).rejects.toBeInstanceOf(TextsRefused);
    endpoint.answering((_asked, response) => send(response, 503, {}));
    await expect(embeddings.embed(['あ'], 'query', soon())).rejects.not.toBeInstanceOf(TextsRefused);
  });

  test('are not waited for longer than told', async () => {
    const { endpoint, embeddings } = await open();
    const gone = Promise.withResolvers<void>();
    endpoint.answering((_asked, response) => void response.once('close', gone.resolve));
    await expect(embeddings.embed([CITIZEN], 'query', AbortSignal.timeout(50))).rejects.toThrow(/no answer in time/);
    // The endpoint is told, so that it does not work on for nobody.
    await gone.promise;
  });

  test('are not fetched from where a redirect points', async () => {
    const { endpoint, embeddings } = await open();
    const elsewhere = await tinyEndpoint();
    endpoint.answering((_asked, response) =>
      response.writeHead(307, { location: `${elsewhere.url}/embeddings` }).end(),
    );
    await expect(embeddings.embed([CITIZEN], 'query', soon())).rejects.toThrow(/status 307/);
    expect(elsewhere.asked).toEqual([]);
  });

  test('are not asked for through a proxy of the environment', async () => {
    const { endpoint, embeddings } = await open();
    let passed = 0;
    const proxy = createServer((_request, response) => {
      passed++;
      response.writeHead(502).end();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    onTestFinished(setGlobalProxyFromEnv({ http_proxy: `http://127.0.0.1:${port}` }));
    // What is sent in the usual way goes through it.
    await once(
      get(endpoint.url).on('response', (response) => response.resume()),
      'close',
    );
    expect(passed).toBe(1);
    await embeddings.embed([CITIZEN], 'query', soon());
    expect(endpoint.asked).toHaveLength(1);
    expect(passed).toBe(1);
  });
});
