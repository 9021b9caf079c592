import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ArticleId } from '../../src/domain/kernel/ids.js';
import { ArticlePublished, ArticleRetired, ArticleRevised, type ArticleContent } from '../../src/domain/faq/events.js';
import { OpenAiEmbeddings } from '../../src/infrastructure/embeddings/openai-embeddings.js';
import { SqliteVectors } from '../../src/infrastructure/vectors/sqlite/sqlite-vectors.js';
import { rightly, send, tinyEndpoint } from '../embeddings/tiny-endpoint.js';
import { tempDir } from '../support/temp-dir.js';
import { EventLog } from '../views/event-log.js';
import { fill } from './filling.js';

beforeAll(() => Logger.overrideLogger(false));

const content = (question: string, answer = `${question}に答えます。`) =>
  ({ question, answer, category: 'kurashi', department: 'shimin' }) as ArticleContent;

const setUp = async () => {
  const endpoint = await tinyEndpoint();
  const log = new EventLog();
  const file = join(tempDir(), 'vectors.sqlite');
  const open = (model = 'm') => {
    const vectors = SqliteVectors.open(file, model);
    const embeddings = new OpenAiEmbeddings({ url: endpoint.url, model });
    onTestFinished(() => {
      vectors.close();
      embeddings.close();
    });
    return { vectors, ...fill(log, embeddings, vectors) };
  };
  const asked = () => endpoint.asked.flatMap(({ input }) => input);
  return { endpoint, log, open, asked };
};

describe('vectors of FAQ articles', () => {
  test('are made of what is published, then and later: of all questions first', async () => {
    const { log, open, asked } = await setUp();
    const questions = Array.from({ length: 100 }, (_, i) => `問い${i}`);
    for (const [i, question] of questions.entries()) log.add('faq', `a${i}`, ArticlePublished(content(question)));
    const { filled } = open();
    await filled(100);
    expect(asked().slice(0, 100).toSorted()).toEqual(questions.toSorted());
    expect(asked().slice(100).toSorted()).toEqual(questions.map((each) => `${each}\n${each}に答えます。`).toSorted());
    log.add('faq', 'b', ArticlePublished(content('後から')));
    await filled(101);
    expect(asked()).toHaveLength(202);
  });

  test('are made once: not after a restart, not of a text that changed in nothing, not of one that comes back', async () => {
    const { log, open, asked } = await setUp();
    log.add('faq', 'a', ArticlePublished(content('粗大ごみ')));
    const first = open();
    await first.filled(1);
    await first.stop();
    first.vectors.close();
    const second = open();
    log.add('faq', 'a', ArticleRevised({ ...content('粗大ごみ'), category: 'gomi' } as ArticleContent));
    log.add('faq', 'b', ArticlePublished(content('粗大ごみ')));
    await second.filled(2);
    expect(asked()).toEqual(['粗大ごみ', '粗大ごみ\n粗大ごみに答えます。']);
  });

  test('of what is revised or retired go away', async () => {
    const { log, open } = await setUp();
    for (const id of ['a', 'b']) log.add('faq', id, ArticlePublished(content(`古い${id}`)));
    const { vectors, filled } = open();
    await filled(2);
    log.add('faq', 'a', ArticleRevised(content('新しいa')));
    log.add('faq', 'b', ArticleRetired({}));
    await filled(1);
    const vector = Float32Array.from({ length: 32 }, () => Math.sqrt(1 / 32));
    const similar = await vectors.similar({ vector, limit: 9, also: ['b' as ArticleId] });
    expect(similar.map(({ id }) => id)).toEqual(['a']);
  });

  test('are made anew by another model, and by it alone', async () => {
    const { endpoint, log, open } = await setUp();
    for (const id of ['a', 'b']) log.add('faq', id, ArticlePublished(content(id)));
    const first = open();
    await first.filled(2);
    await first.stop();
    first.vectors.close();
    const second = open('another');
    await second.filled(2);
    expect(endpoint.asked.map(({ model }) => model).slice(-2)).toEqual(['another', 'another']);
    expect(endpoint.asked.flatMap(({ input }) => input)).toHaveLength(8);
  });

  test('are made when the endpoint is there again, which status tells', async () => {
    const { endpoint, log, open } = await setUp();
    endpoint.answering((_asked, response) => send(response, 429, {}));
    log.add('faq', 'a', ArticlePublished(content('粗大ごみ')));
    const { status, filled } = open();
    await expect.poll(status).toEqual({ reaction: 'fill-vectors', pending: 1, failing: 1 });
    endpoint.answering(rightly);
    await filled(1);
    await expect.poll(status).toEqual({ reaction: 'fill-vectors', pending: 0, failing: 0 });
  });

  test('of a long text are those of its windows, each asked for by itself', async () => {
    const { endpoint, log, open } = await setUp();
    log.add('faq', 'a', ArticlePublished(content('長い', '答'.repeat(20_000))));
    const { filled } = open();
    await filled(1);
    const windows = endpoint.asked.flatMap(({ input }) => input).slice(1);
    expect(windows.map(({ length }) => length)).toEqual([800, 800, 800, 800, 800]);
    expect(`長い\n${'答'.repeat(20_000)}`.startsWith(windows.join(''))).toBe(true);
  });

  test('are made by an endpoint that takes only one text at a time, and no long one', async () => {
    const { endpoint, log, open } = await setUp();
    endpoint.answering((asked, response, request) =>
      asked.input.length > 1 || asked.input[0]!.length > 300
        ? send(response, 413, {})
        : rightly(asked, response, request),
    );
    for (const id of ['a', 'b', 'c']) log.add('faq', id, ArticlePublished(content(id, id.repeat(700))));
    const { filled, status } = open();
    await filled(3);
    expect(status().failing).toBe(0);
  });

  test('are made of all others when the endpoint refuses a text, which is not asked for again and again', async () => {
    const { endpoint, log, open, asked } = await setUp();
    endpoint.answering((question, response, request) =>
      question.input.some((text) => text.includes('禁句'))
        ? send(response, 400, {})
        : rightly(question, response, request),
    );
    for (const id of ['a', 'b', 'c']) log.add('faq', id, ArticlePublished(content(`問い${id}`)));
    log.add('faq', 'refused', ArticlePublished(content('禁句', '答え')));
    log.add('faq', 'in-part', ArticlePublished(content('問い', `${'答'.repeat(900)}禁句`)));
    const { vectors, status } = open();
    await expect.poll(() => vectors.standing()).toEqual({ articles: 5, lacking: 2 });
    await expect.poll(status).toEqual({ reaction: 'fill-vectors', pending: 0, failing: 0 });
    const before = asked().length;
    log.add('faq', 'later', ArticlePublished(content('後から')));
    await expect.poll(() => vectors.standing()).toEqual({ articles: 6, lacking: 2 });
    expect(asked().slice(before)).toEqual(['後から', '後から\n後からに答えます。']);
  });

  test('wait for an endpoint that refuses everything: none is left out for that', async () => {
    const { endpoint, log, open } = await setUp();
    endpoint.answering((_asked, response) => send(response, 400, {}));
    for (const id of ['a', 'b']) log.add('faq', id, ArticlePublished(content(id)));
    const { status, filled } = open();
    await expect.poll(status).toMatchObject({ failing: 1 });
    endpoint.answering(rightly);
    await filled(2);
  });

  test('of a store whose events moved are not made again', async () => {
    const { log, open, asked } = await setUp();
    log.add('faq', 'a', ArticlePublished(content('粗大ごみ')));
    log.add('faq', 'a', ArticleRevised(content('粗大ゴミ')));
    const first = open();
    await first.filled(1);
    await first.stop();
    const before = asked().length;
    const { vectors } = first;
    const moved = new EventLog('b');
    moved.add('faq', 'a', ArticlePublished(content('粗大ゴミ')));
    const endpoint = await tinyEndpoint();
    const embeddings = new OpenAiEmbeddings({ url: endpoint.url, model: 'm' });
    onTestFinished(() => embeddings.close());
    const second = fill(moved, embeddings, vectors);
    await expect.poll(() => vectors.checkpoints.get('note-article-texts')).toBe(await moved.head());
    await second.filled(1);
    expect(endpoint.asked).toEqual([]);
    expect(asked()).toHaveLength(before);
  });
});
