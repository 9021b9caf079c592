import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { freshPrefix } from '../elasticsearch/index-prefix.js';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';
import { withServer } from '../support/with-server.js';
import { TestServer } from './server.js';

/** S1: what an administrator edits is in effect within seconds, and no view is built anew for it. */
const inEffectSoon = (env: () => NodeJS.ProcessEnv, generations: (server: ServerProcess) => Promise<unknown>) =>
  test('an edit is in effect at the searches that follow, without a rebuild', { timeout: 120_000 }, async () => {
    const server = await ServerProcess.start(tempDir(), { env: env() });
    // Before its indices are deleted: what it still writes would bring them back.
    onTestFinished(async () => void (await server.kill('SIGTERM')));
    const edit = (method: string, path: string, body?: object) =>
      server.done('administrator', method, `/search-dictionary/${path}`, body);
    await edit('POST', 'stop-words', { word: '窓口' });
    await server.done('administrator', 'PUT', '/departments/mihon', { name: '見本課' });
    const article = { question: '粗大ごみの手続き', answer: '電話で。', category: 'gomi', department: 'mihon' };
    const published = await server.done('administrator', 'POST', '/faq-articles', article);
    const other = { ...article, question: '印鑑登録の手続き' };
    const last = await server.done('administrator', 'POST', '/faq-articles', other);
    const wait = { 'madoguchi-wait-for': last.headers.get('madoguchi-position')! };
    const search = async (q: string) =>
      (
        await server.ask('operator', 'GET', `/faq-articles?q=${encodeURIComponent(q)}`, undefined, wait)
      ).body.items?.map(({ id }: { id: string }) => id);
    await expect.poll(() => search('不用品'), { timeout: 60_000 }).toEqual([]);
    const before = await generations(server);

    const defined = await edit('POST', 'synonyms', { expressions: ['不用品', '粗大ごみ'] });
    await expect.poll(() => search('不用品'), { timeout: 5_000 }).toEqual([published.body.id]);
    await edit('PUT', `synonyms/${defined.body.id}`, { expressions: ['ガラクタ', '粗大ごみ'] });
    await expect.poll(() => search('がらくた'), { timeout: 5_000 }).toEqual([published.body.id]);
    expect(await search('不用品')).toEqual([]);
    await edit('POST', 'stop-words', { word: '手続き' });
    await expect.poll(() => search('ガラクタの手続き'), { timeout: 5_000 }).toEqual([published.body.id]);
    await edit('DELETE', `synonyms/${defined.body.id}`);
    await edit('POST', 'stop-words/removal', { word: '手続き' });
    await expect.poll(() => search('ガラクタの手続き'), { timeout: 5_000 }).toHaveLength(2);

    expect(await generations(server)).toEqual(before);
  });

describe('embedded', () => {
  const generations = async ({ data }: ServerProcess) =>
    readdirSync(join(data, 'views')).filter((file) => /^faq-articles.*sqlite$/.test(file));
  inEffectSoon(() => ({}), generations);
});

withServer('ELASTICSEARCH_URL', 'the search dictionary over Elasticsearch', (url) => {
  describe('Elasticsearch', () => {
    let prefix = '';
    const client = new Client({ node: url });
    afterAll(() => client.close());
    const generations = async () => Object.keys(await client.indices.get({ index: `${prefix}-faq-articles-*` }));
    const env = () => ({ ELASTICSEARCH_URL: url, ELASTICSEARCH_INDEX_PREFIX: (prefix = freshPrefix(url)) });
    inEffectSoon(env, generations);
  });
});

test('the dictionary as it is, and edits that name its revision', async () => {
  const server = await TestServer.start();
  onTestFinished(() => server.close());
  const read = async () => (await server.get('operator', '/search-dictionary')).body;
  expect(await read()).toEqual({ synonyms: [], stopWords: [] });
  const expressions = ['不用品', '粗大ごみ'];
  const path = '/search-dictionary/synonyms';
  const defined = await server.done('administrator', 'POST', path, { expressions, oneWay: true });
  await server.done('administrator', 'POST', '/search-dictionary/stop-words', { word: '手続き' });
  expect(await read()).toEqual({
    synonyms: [{ group: defined.body.id, expressions, oneWay: true }],
    stopWords: ['手続き'],
    revision: 1,
  });

  const change = (revision: number) =>
    server.command(
      'administrator',
      'PUT',
      `${path}/${defined.body.id}`,
      { expressions },
      {
        'if-match': `"${revision}"`,
      },
    );
  expect((await change(0)).status).toBe(412);
  expect((await change(1)).status).toBe(200);
  expect(await read()).toMatchObject({ synonyms: [{ group: defined.body.id, expressions }], revision: 2 });

  const wrong = await server.command('administrator', 'POST', path, { expressions: ['・', 'ＩＣ', 'ic'] });
  expect([wrong.status, wrong.body.errors.map(({ field }: { field: string }) => field)]).toEqual([
    400,
    ['expressions.0', 'expressions.2'],
  ]);
  expect((await server.command('supervisor', 'POST', path, { expressions: ['甲', '乙'] })).status).toBe(403);
  expect(
    (await server.command('administrator', 'DELETE', `${path}/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`))
      .status,
  ).toBe(404);
});
