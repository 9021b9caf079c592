import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { rightly, send, tinyEndpoint } from '../embeddings/tiny-endpoint.js';
import { TestServer, type Sent } from '../http/server.js';

/** What an operator types must not be found anywhere. */
const CITIZEN = '架空太郎の箪笥';

test('a server searches by meaning, tells how that stands, and never what was searched for', async () => {
  const endpoint = await tinyEndpoint();
  const server = await TestServer.start({ env: { EMBEDDINGS_URL: endpoint.url } });
  onTestFinished(() => server.close());
  const ask = async (sent: Omit<Sent, 'as'>) => {
    const key = { 'idempotency-key': randomUUID() };
    const answer = await server.send({ as: 'administrator', ...sent, ...(sent.method !== 'GET' && { headers: key }) });
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer;
  };
  const search = async (text: string) =>
    (await ask({ method: 'GET', path: `/faq-articles?q=${encodeURIComponent(text)}` })).body;
  const gauge = async (name: string) => {
    const { text } = await ask({ method: 'GET', path: '/metrics' });
    return Number(new RegExp(`^madoguchi_${name} (.*)$`, 'm').exec(text)?.[1]);
  };

  await ask({ method: 'PUT', path: '/departments/seisou', body: { name: '清掃課' } });
  for (const question of ['箪笥の捨て方を教えてください。', '箪笥を運ぶ手伝いはありますか。']) {
    const body = { question, answer: '電話でお申し込みください。', category: 'gomi', department: 'seisou' };
    await ask({ method: 'POST', path: '/faq-articles', body });
  }
  await expect.poll(async () => (await search('箪笥')).items?.length, { timeout: 20_000 }).toBe(2);
  const meaning = async () => (await ask({ method: 'GET', path: '/health/ready' })).body.meaning;
  await expect.poll(meaning, { timeout: 20_000 }).toMatchObject({ articles: 2, lacking: 0, failures: 0 });
  expect(await gauge('vectors_lacking')).toBe(0);

  await expect.poll(async () => (await search(CITIZEN)).ranking, { timeout: 20_000 }).toBe('hybrid');
  expect(endpoint.asked.map(({ input }) => input)).toContainEqual([`query: ${CITIZEN}`]);

  endpoint.answering((_asked, response) => send(response, 500, { error: { message: CITIZEN } }));
  const alone = await search(`${CITIZEN}と机`);
  expect(alone).toMatchObject({ ranking: 'lexical', items: [{}, {}] });
  expect(await gauge('embeddings_failures')).toBeGreaterThan(0);
  endpoint.answering(rightly);
  expect(await search(`${CITIZEN}と椅子`)).toMatchObject({ ranking: 'hybrid' });

  for (const line of server.log) {
    expect(line).not.toContain('架空');
    expect(line).not.toContain(encodeURIComponent('架空'));
  }
});
