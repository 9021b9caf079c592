import { randomUUID } from 'node:crypto';
import { Client } from '@elastic/elasticsearch';
import { onTestFinished } from 'vitest';
import type { Ending } from '../support/temp-dir.js';

/** A prefix that no other test has; its indices and templates are deleted when the test ends, after all that use them. */
export const freshPrefix = (url: string, ending: Ending = onTestFinished): string => {
  const prefix = `test-${randomUUID().slice(0, 13)}`;
  ending(async () => {
    const client = new Client({ node: url });
    // Named one by one: a cluster refuses to delete by a pattern.
    const indices = Object.keys(await client.indices.get({ index: `${prefix}-*` }));
    if (indices.length > 0) await client.indices.delete({ index: indices });
    const { index_templates: templates } = await client.indices.getIndexTemplate(
      { name: `${prefix}-*` },
      { ignore: [404] },
    );
    for (const { name } of templates ?? []) await client.indices.deleteIndexTemplate({ name });
    await client.close();
  });
  return prefix;
};
