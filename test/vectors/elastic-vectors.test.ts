import { describe, expect, test } from 'vitest';
import { CheckpointLost } from '../../src/application/ports/checkpoints.js';
import type { Position } from '../../src/application/ports/event-store.js';
import type { Lease } from '../../src/application/ports/leases.js';
import { ElasticVectors } from '../../src/infrastructure/vectors/elasticsearch/elastic-vectors.js';
import { withServer } from '../support/with-server.js';
import { openCluster } from '../views/elastic-fixture.js';
import { vectorsContract } from './vectors.contract.js';

withServer('ELASTICSEARCH_URL', 'the contract of vectors on Elasticsearch', (url) => {
  describe('vectors in Elasticsearch', () => {
    vectorsContract(async () => {
      const cluster = openCluster(url);
      return {
        open: async (model) => new ElasticVectors(cluster, model),
        found: async () => void (await cluster.client.indices.refresh({ index: `${cluster.prefix}-*` })),
      };
    });

    test('an index that somebody deleted is there again, and all is noted anew', async () => {
      const cluster = openCluster(url);
      const vectors = new ElasticVectors(cluster, 'model');
      const lease = {} as Lease;
      await vectors.checkpoints.set('noting', '5' as Position, lease);
      const [index] = Object.keys(await cluster.client.indices.get({ index: `${cluster.prefix}-*` }));
      await cluster.client.indices.delete({ index: index! });

      await expect(vectors.lacking(1)).rejects.toThrow(/index_not_found/);
      expect(await vectors.lacking(1)).toEqual([]);
      await expect(vectors.checkpoints.set('noting', '6' as Position, lease)).rejects.toBeInstanceOf(CheckpointLost);
      expect(await vectors.checkpoints.get('noting')).toBeUndefined();
      await vectors.checkpoints.set('noting', '1' as Position, lease);
      expect(await vectors.checkpoints.get('noting')).toBe('1');
    });
  });
});
