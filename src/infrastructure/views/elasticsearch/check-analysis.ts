import { errors, type Client } from '@elastic/elasticsearch';
import { Logger } from '@nestjs/common';
import { failureOf } from './client.js';

/** The cluster lacks what Japanese text is analysed with; the message says what to install. */
export class MissingPlugins extends Error {}

const needed = [
  { plugin: 'analysis-kuromoji', request: { tokenizer: 'kuromoji_tokenizer' } },
  { plugin: 'analysis-icu', request: { char_filter: ['icu_normalizer'], tokenizer: 'keyword' } },
] as const;

export const neededPlugins: ReadonlyArray<string> = needed.map(({ plugin }) => plugin);

/** Asked of the analysis itself: the list of plugins is closed to many users, and names what a node has, not what works. */
const lacks = async (client: Client, { request }: (typeof needed)[number]): Promise<boolean> => {
  try {
    await client.indices.analyze({ text: '窓口', ...request } as Parameters<Client['indices']['analyze']>[0]);
    return false;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 400) return true;
    throw error;
  }
};

/** Throws `MissingPlugins`. A cluster that does not answer yet is only logged: commands go on without it. */
export const checkAnalysis = async (client: Client): Promise<void> => {
  try {
    const lacking = await Promise.all(needed.map((each) => lacks(client, each)));
    const missing = needed.filter((_, i) => lacking[i]).map(({ plugin }) => plugin);
    if (missing.length === 0) return;
    const commands = missing.map((plugin) => `bin/elasticsearch-plugin install ${plugin}`).join(' && ');
    throw new MissingPlugins(
      `the Elasticsearch of ELASTICSEARCH_URL lacks ${missing.join(' and ')}: on every node run ` +
        `${commands}, restart it, and start again`,
    );
  } catch (error) {
    if (error instanceof MissingPlugins) throw error;
    new Logger('Views').warn(
      `Elasticsearch cannot be asked for its plugins yet (${failureOf(error)}): views wait for it`,
    );
  }
};
