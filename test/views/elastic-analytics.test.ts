import { describe, expect, onTestFinished } from 'vitest';
import { ElasticAnalytics } from '../../src/infrastructure/views/elasticsearch/analytics.js';
import { withServer } from '../support/with-server.js';
import { analyticsContract } from './analytics.contract.js';
import { openCluster, openElasticViews } from './elastic-fixture.js';
import { EventLog } from './event-log.js';

withServer('ELASTICSEARCH_URL', 'the contract of the analytics on Elasticsearch', (url) => {
  const open = async () => {
    const log = new EventLog();
    const views = openElasticViews(openCluster(url, onTestFinished), log, { names: ['analytics'] });
    const caughtUp = async () =>
      expect(await views.waitFor('analytics', await log.head(), AbortSignal.timeout(10_000))).toBe(true);
    return { log, caughtUp, analytics: new ElasticAnalytics(views) };
  };

  describe('Elasticsearch', () => {
    analyticsContract(open, 5);
  });
});
