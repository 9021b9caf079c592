import { describe } from 'vitest';
import { ElasticVectors } from '../../src/infrastructure/vectors/elasticsearch/elastic-vectors.js';
import { withServer } from '../support/with-server.js';
import { openCluster } from '../views/elastic-fixture.js';
import { vectorsContract } from './vectors.contract.js';

withServer('ELASTICSEARCH_URL', 'the contract of vectors on Elasticsearch', (url) => {
  describe('vectors in Elasticsearch', () => {
    vectorsContract(async () => {
      const cluster = openCluster(url);
      return {
        open: (model) => ElasticVectors.open(cluster, model),
        found: async () => void (await cluster.client.indices.refresh({ index: `${cluster.prefix}-*` })),
      };
    });
  });
});
