import { createHash } from 'node:crypto';
import { errors, type Client, type estypes } from '@elastic/elasticsearch';

const NAME = 'vectors';

/** All indices of vectors, of any model. */
export const vectorIndices = (prefix: string): string => `${prefix}-${NAME}-*`;

/** A model's own index: its vectors have a number of dimensions of their own. */
export const vectorIndex = (prefix: string, model: string): string =>
  `${prefix}-${NAME}-${createHash('sha256').update(model).digest('hex').slice(0, 16)}`;

/**
 * Articles are compared one by one, so their vectors are not indexed: the best ones are exactly the best. How many
 * dimensions there are, the first vector tells.
 */
const properties: Readonly<Record<string, estypes.MappingProperty>> = {
  kind: { type: 'keyword' },
  key: { type: 'keyword' },
  revision: { type: 'long', index: false },
  category: { type: 'keyword' },
  department: { type: 'keyword' },
  question: { type: 'keyword' },
  whole: { type: 'keyword' },
  lacks: { type: 'byte' },
  vector: { type: 'dense_vector', index: false },
  /** Of a text: 32-bit numbers, little-endian. */
  numbers: { type: 'binary' },
  position: { type: 'keyword', index: false, doc_values: false },
};

/** Creates the index, unless it is there, and its template: a write after somebody deleted it makes no other mapping. */
export const createVectorIndex = async (client: Client, prefix: string, model: string): Promise<void> => {
  await client.indices.putIndexTemplate({
    name: `${prefix}-${NAME}`,
    index_patterns: [vectorIndices(prefix)],
    priority: 500,
    template: {
      settings: { number_of_shards: 1, auto_expand_replicas: '0-1', refresh_interval: '1s' },
      mappings: { dynamic: 'strict', properties },
    },
    _meta: { managed_by: 'madoguchi' },
  });
  try {
    await client.indices.create({ index: vectorIndex(prefix, model) });
  } catch (error) {
    if (!(error instanceof errors.ResponseError) || error.statusCode !== 400) throw error;
    const { body } = error as { body?: { error?: { type?: string } } };
    if (body?.error?.type !== 'resource_already_exists_exception') throw error;
  }
};
