import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { beforeAll, describe, onTestFinished } from 'vitest';
import { ElasticVectors } from '../../src/infrastructure/vectors/elasticsearch/elastic-vectors.js';
import { SqliteVectors } from '../../src/infrastructure/vectors/sqlite/sqlite-vectors.js';
import { ElasticFaqSearch } from '../../src/infrastructure/views/elasticsearch/faq-search.js';
import { SqliteFaqSearch } from '../../src/infrastructure/views/sqlite/faq-search.js';
import { tempDir } from '../support/temp-dir.js';
import { withServer } from '../support/with-server.js';
import { openCluster, openElasticViews } from '../views/elastic-fixture.js';
import { EventLog } from '../views/event-log.js';
import { ToldDictionary } from '../views/told-dictionary.js';
import { caughtUp, openViews } from '../views/views-fixture.js';
import { hybridSearchContract } from './hybrid-search.contract.js';

beforeAll(() => Logger.overrideLogger(false));

describe('FAQ search over SQLite', () => {
  hybridSearchContract(async () => {
    const log = new EventLog();
    const views = await openViews(log);
    const vectors = SqliteVectors.open(join(tempDir(), 'vectors.sqlite'), 'model');
    onTestFinished(() => vectors.close());
    return {
      log,
      vectors,
      lexical: new SqliteFaqSearch(views, new ToldDictionary()),
      caughtUp: () => caughtUp(views, log, 'faq-articles'),
      found: async () => undefined,
    };
  });
});

withServer('ELASTICSEARCH_URL', 'FAQ search by words and meaning over Elasticsearch', (url) => {
  describe('FAQ search over Elasticsearch', () => {
    hybridSearchContract(async () => {
      const log = new EventLog();
      const cluster = openCluster(url);
      const views = openElasticViews(cluster, log, { names: ['faq-articles'] });
      return {
        log,
        vectors: new ElasticVectors(cluster, 'model'),
        lexical: new ElasticFaqSearch(views, new ToldDictionary()),
        caughtUp: async () => {
          const signal = AbortSignal.timeout(20_000);
          if (!(await views.waitFor('faq-articles', await log.head(), signal))) throw new Error('it stands still');
        },
        found: async () => void (await cluster.client.indices.refresh({ index: `${cluster.prefix}-*` })),
      };
    });
  });
});
