import { describe, expect, test } from 'vitest';
import { QueryVectors, type QueryVectorsOptions } from '../../src/application/hybrid-search/query-vectors.js';
import { ToldEmbeddings } from './told-embeddings.js';

const NEVER = 1_000_000;

const open = (options: Partial<QueryVectorsOptions> = {}) => {
  const embeddings = new ToldEmbeddings((text) => [text.length, 1]);
  return { embeddings, queries: new QueryVectors(embeddings, { deadlineMs: 20, failures: 2, ...options }) };
};
const texts = ({ asked }: ToldEmbeddings) => asked.map(({ text }) => text);

describe('the vector of a query', () => {
  test('is asked for as that of a query, and once', async () => {
    const { embeddings, queries } = open();
    const vector = await queries.vectorOf('粗大ごみ');
    expect(await queries.vectorOf('粗大ごみ')).toBe(vector);
    expect(embeddings.asked).toEqual([{ text: '粗大ごみ', as: 'query' }]);
  });

  test('is kept until others were asked for since', async () => {
    const { embeddings, queries } = open({ kept: 2 });
    for (const text of ['a', 'bb', 'a', 'ccc', 'a', 'bb']) await queries.vectorOf(text);
    expect(texts(embeddings)).toEqual(['a', 'bb', 'ccc', 'bb']);
  });

  test('does not come when the endpoint is silent, and nobody waits longer than told', async () => {
    const { embeddings, queries } = open();
    embeddings.state = 'silent';
    expect(await queries.vectorOf('a')).toBeUndefined();
    embeddings.state = 'well';
    expect(await queries.vectorOf('a')).toBeDefined();
  });

  test('is not asked for of an endpoint that failed again and again, until it has rested', async () => {
    const { embeddings, queries } = open({ restMs: [NEVER, NEVER] });
    embeddings.state = 'down';
    for (const text of ['a', 'b', 'c', 'd']) expect(await queries.vectorOf(text)).toBeUndefined();
    expect(texts(embeddings)).toEqual(['a', 'b']);
  });

  test('is there while the endpoint rests, if it was asked for before', async () => {
    const { embeddings, queries } = open({ restMs: [NEVER, NEVER] });
    const known = await queries.vectorOf('a');
    embeddings.state = 'down';
    for (const text of ['b', 'c']) await queries.vectorOf(text);
    expect(await queries.vectorOf('a')).toBe(known);
  });

  test('tries an endpoint that has rested, without waiting for it, and goes on with one that answers', async () => {
    const { embeddings, queries } = open({ restMs: [0, 0], deadlineMs: NEVER });
    embeddings.state = 'down';
    for (const text of ['a', 'b']) await queries.vectorOf(text);
    // It would be waited for, were it asked in the usual way.
    embeddings.state = 'silent';
    expect(await queries.vectorOf('c')).toBeUndefined();
    expect(texts(embeddings)).toEqual(['a', 'b', 'c']);
    embeddings.state = 'well';
    expect(await queries.vectorOf('d')).toBeUndefined();
    await expect.poll(() => queries.vectorOf('d')).toBeDefined();
    expect(await queries.vectorOf('e')).toBeDefined();
  });
});
