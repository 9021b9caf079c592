import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SettleFaqSearch } from '../../src/application/faq-search/settle-faq-search.js';
import { World } from './world.js';

const query = { text: '見本花子 の 住民票 0900000001', hits: 0 };

test('S3, S8: of a query only the words that the FAQ knows are on disk', async () => {
  const world = await World.create();
  for (const word of ['住民票', '0900000001']) world.faq.words.add(word);
  const { id } = await world.done(new SettleFaqSearch(randomUUID(), query, world.by('operator')));
  const [settled] = (await world.events()).filter(({ type }) => type === 'FaqSearchSettled');
  expect(settled).toMatchObject({
    stream: `faqsearch-${id}`,
    content: { data: { terms: ['住民票'], others: 3, hits: 0 } },
  });
  const bytes = Buffer.concat(readdirSync(world.dir).map((file) => readFileSync(join(world.dir, file))));
  expect(bytes.includes('住民票')).toBe(true);
  expect(['見本花子', '0900000001'].filter((word) => bytes.includes(word))).toEqual([]);
});

test('a repeat stores nothing, also when the FAQ has learnt a word since; other words under its id are refused', async () => {
  const world = await World.create();
  const id = randomUUID();
  const request = world.by('operator');
  const first = await world.done(new SettleFaqSearch(id, query, request));
  world.faq.words.add('住民票');
  expect(await world.done(new SettleFaqSearch(id, query, request))).toEqual(first);
  expect(await world.codes(new SettleFaqSearch(id, { ...query, text: '別' }, request))).toEqual(['command-id-reused']);
  expect((await world.counts())['FaqSearchSettled']).toBe(1);
});

test('a chosen article must be one', async () => {
  const world = await World.create();
  const data = { ...query, chosen: randomUUID() as never };
  expect(await world.codes(new SettleFaqSearch(randomUUID(), data, world.by('operator')))).toEqual(['unknown_article']);
});
