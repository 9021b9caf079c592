import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Measures } from '../../bench/relevance/metrics.js';
import { tempDir } from '../support/temp-dir.js';
import { withServer } from '../support/with-server.js';
import { filesOf, relevance } from './command.js';

/** Both engines were measured with 0.71 and more. A floor against breakage and no goal: below it something broke. */
const FLOOR = 0.65;
/** How far the engines may be apart. */
const APART = 0.02;

const jsonOf = (path: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'));

/** The suite's figures, by engine. */
const figuresOf = async (env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, Measures>> => {
  const articles = jsonOf('../../sample/faq.json') as ReadonlyArray<Readonly<Record<string, string>>>;
  const corpus = articles.map(({ id, question, answer }) => [id!, `Question: ${question}\nAnswer: ${answer}`] as const);
  const files = filesOf(Object.fromEntries(corpus), jsonOf('queries.json'), jsonOf('judgements.json'));
  const json = join(tempDir(), 'figures.json');
  const { code, stderr } = await relevance([...files, '--json', json], { env });
  expect(code, stderr).toBe(0);
  // No judgement names an article that is gone, and no query lost its judgements.
  expect(stderr).not.toContain('warning');
  const figures = JSON.parse(readFileSync(json, 'utf8')) as ReadonlyArray<Measures & { readonly engine: string }>;
  return new Map(figures.map((figure) => [figure.engine, figure]));
};

test('the embedded engine finds what answers a citizen (S1)', async () => {
  const figures = await figuresOf({});
  expect(figures.get('sqlite')!.ndcg10).toBeGreaterThan(FLOOR);
});

withServer('ELASTICSEARCH_URL', 'both engines find alike', (url) => {
  test('both engines find alike', { timeout: 120_000 }, async () => {
    const figures = await figuresOf({ ELASTICSEARCH_URL: url });
    const [embedded, cluster] = [figures.get('sqlite')!.ndcg10, figures.get('elasticsearch')!.ndcg10];
    expect(cluster).toBeGreaterThan(FLOOR);
    expect(Math.abs(embedded - cluster)).toBeLessThanOrEqual(APART);
  });
});
