import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';

const ROWS = 600;
const rows = Array.from({ length: ROWS }, (_, n) => ({
  question: `第${n}号の届出はどこでできますか。`,
  answer: '見本課の窓口でできます。',
  category: 'kurashi',
  department: 'mihon',
  reference: `N-${n}`,
}));

/** How many events of this type the store's file holds, also while a process writes it. */
const counter = (data: string) => {
  const file = new DatabaseSync(join(data, 'events.sqlite'), { readOnly: true });
  const query = file.prepare('SELECT count(*) AS events, count(DISTINCT stream) AS streams FROM events WHERE type = ?');
  return {
    of: (type: string) => query.get(type) as { events: number; streams: number },
    [Symbol.dispose]: () => file.close(),
  };
};

test.each([
  ['before it is accepted', 'ArticlesStaged', 1],
  ['once it is accepted', 'FaqImported', 1],
  ['among its rows', 'ArticlePublished', 200],
  ['near its end', 'ArticlePublished', ROWS - 60],
])(
  'an import whose process is killed %s is completed by the same request',
  async (_, type, events) => {
    const data = tempDir();
    const first = await ServerProcess.start(data);
    await first.done('administrator', 'PUT', '/departments/mihon', { name: '見本課' });
    using counted = counter(data);
    const headers = { 'idempotency-key': randomUUID() };
    const cut = first.ask('administrator', 'POST', '/faq-imports', { rows }, headers).catch(() => undefined);
    await vi.waitUntil(() => counted.of(type).events >= events, { timeout: 30_000, interval: 1 });
    await first.kill('SIGKILL');
    await cut;

    const second = await ServerProcess.start(data);
    const { body } = await second.done('administrator', 'POST', '/faq-imports', { rows }, headers);
    expect(body).toMatchObject({ created: ROWS, revised: 0, unchanged: 0, overtaken: 0 });
    expect(new Set(body.ids).size).toBe(ROWS);
    expect(counted.of('ArticlePublished')).toEqual({ events: ROWS, streams: ROWS });
    expect(counted.of('FaqImported').events).toBe(1);
    expect(counted.of('FaqImportCompleted').events).toBe(1);
  },
  90_000,
);
