import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HybridFaqSearch } from '../../src/application/hybrid-search/hybrid-faq-search.js';
import { QueryVectors } from '../../src/application/hybrid-search/query-vectors.js';
import { ArticlePublished, type ArticleContent } from '../../src/domain/faq/events.js';
import { OpenAiEmbeddings } from '../../src/infrastructure/embeddings/openai-embeddings.js';
import { SqliteVectors } from '../../src/infrastructure/vectors/sqlite/sqlite-vectors.js';
import { SqliteFaqSearch } from '../../src/infrastructure/views/sqlite/faq-search.js';
import { tempDir } from '../support/temp-dir.js';
import { withServer } from '../support/with-server.js';
import { EventLog } from '../views/event-log.js';
import { ToldDictionary } from '../views/told-dictionary.js';
import { caughtUp, openViews } from '../views/views-fixture.js';
import { fill } from './filling.js';

beforeAll(() => Logger.overrideLogger(false));

const city: Readonly<Record<string, readonly [string, string]>> = {
  sodai: ['粗大ごみを出すには、どうすればよいですか。', '電話かインターネットで申し込み、手数料の券を貼ってください。'],
  shussei: ['出生届はどこへ出しますか。', '生まれた日から十四日以内に、市民課の窓口へ出してください。'],
  kaigo: ['要介護認定の申請を教えてください。', '介護保険課の窓口で申請します。代理の方でも申請できます。'],
  zei: [
    '住民税の納付が遅れるときはどうすればよいですか。',
    '納税課の窓口へ早めにご相談ください。分割の制度があります。',
  ],
};

withServer('EMBEDDINGS_URL', 'search by what a real model takes texts to mean', (url) => {
  describe('multilingual-e5-small', () => {
    const open = () => {
      const embeddings = new OpenAiEmbeddings({ url, model: 'multilingual-e5-small' });
      onTestFinished(() => embeddings.close());
      return embeddings;
    };

    test('gives vectors of 384 dimensions and length 1, those of texts that mean the same nearest', async () => {
      const signal = AbortSignal.timeout(20_000);
      const embeddings = open();
      const [query] = await embeddings.embed(['赤ちゃんが生まれました'], 'query', signal);
      const passages = await embeddings.embed(
        Object.values(city).map(([question]) => question),
        'passage',
        signal,
      );
      const cosines = passages.map((passage) => passage.reduce((sum, each, i) => sum + each * query![i]!, 0));
      expect(query).toHaveLength(384);
      expect(Math.hypot(...query!)).toBeCloseTo(1, 5);
      expect(Object.keys(city)[cosines.indexOf(Math.max(...cosines))]).toBe('shussei');
    });

    test('finds what citizens mean, though another article holds more of their words', async () => {
      const log = new EventLog();
      const views = await openViews(log);
      const embeddings = open();
      const vectors = SqliteVectors.open(join(tempDir(), 'vectors.sqlite'), embeddings.model);
      onTestFinished(() => vectors.close());
      for (const [id, [question, answer]] of Object.entries(city))
        log.add('faq', id, ArticlePublished({ question, answer, category: 'c', department: 'd' } as ArticleContent));
      await caughtUp(views, log, 'faq-articles');
      await fill(log, embeddings, vectors).filled(4);
      const lexical = new SqliteFaqSearch(views, new ToldDictionary());
      // On a machine that is busy a vector takes its time, and in time is another test's subject.
      const hybrid = new HybridFaqSearch(
        lexical,
        vectors,
        new QueryVectors(embeddings, { deadlineMs: 20_000 }),
        20_000,
      );
      for (const [text, id] of [
        ['赤ちゃんが生まれたときの窓口', 'shussei'],
        ['お金がなくて税金を払えないときの窓口', 'zei'],
      ] as const) {
        const { items, ranking } = await hybrid.search({ text, limit: 1 });
        expect({ text, ranking, first: items[0]?.id }).toEqual({ text, ranking: 'hybrid', first: id });
      }
    });
  });
});
