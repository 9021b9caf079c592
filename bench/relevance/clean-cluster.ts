import { elasticClient } from '../../src/infrastructure/views/elasticsearch/client.js';
import type { ElasticsearchConfig } from '../../src/infrastructure/config.js';

/** Deletes all indices and templates whose names begin with the prefix: one by one, as no cluster lets a pattern delete. */
export const cleanCluster = async (config: ElasticsearchConfig): Promise<void> => {
  const client = elasticClient(config);
  try {
    const pattern = `${config.prefix}-*`;
    const indices = Object.keys(await client.indices.get({ index: pattern }));
    if (indices.length > 0) await client.indices.delete({ index: indices });
    const { index_templates: templates } = await client.indices.getIndexTemplate({ name: pattern }, { ignore: [404] });
    for (const { name } of templates) await client.indices.deleteIndexTemplate({ name });
  } finally {
    await client.close();
  }
};
